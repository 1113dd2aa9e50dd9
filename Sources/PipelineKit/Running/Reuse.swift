import Foundations

/// Decides which steps run, which results come from the store, and which steps nobody needs.
struct Reuse {
  /// What becomes of a step.
  enum Decision {
    case reuse(StoreEntry)
    /// With what is the matter with the stored result, if there is one.
    case run(trouble: String?)
    case skip
  }

  private(set) var decisions: [String: Decision] = [:]
  /// What is to be said of all of it; nil when there is nothing.
  private(set) var remark: String?
  /// How many results may be held: each takes an open file.
  private var room: Int

  /// Walks back from the targets. Results that are reused are opened here, verified and held, so that nothing that
  /// happens to the store during the run can take them away.
  ///
  /// - Parameter openFiles: how many files the process may hold open. Half of them are left to the run itself.
  ///
  /// Throws `CancellationError`. A store that cannot be read only costs the time to make its results again.
  init(_ plan: Plan, store: Store?, openFiles: Int = OpenFiles.limit) throws {
    room = openFiles / 2
    var needed = plan.targets
    for step in plan.steps.reversed() {
      guard needed.contains(step.id) else {
        decisions[step.id] = .skip
        continue
      }
      let decision = try store.map { try decide(step, $0) } ?? .run(trouble: nil)
      decisions[step.id] = decision
      if case .reuse = decision { continue }
      for source in step.links.values.joined() { needed.insert(source.step) }
    }
  }

  /// Whether a step is computed.
  func runs(_ step: Plan.Step) -> Bool {
    if case .run? = decisions[step.id] { true } else { false }
  }

  private mutating func decide(_ step: Plan.Step, _ store: Store) throws -> Decision {
    guard let fingerprint = step.fingerprint, step.stage.effort != .light else { return .run(trouble: nil) }
    do {
      guard room > 0 else {
        if try remark == nil && store.contains(fingerprint) {
          remark =
            "not all kept results can be held open at once, so some are made again (ulimit -n raises the limit)"
        }
        return .run(trouble: nil)
      }
      switch try store.open(fingerprint) {
      case .present(let entry):
        room -= 1
        return .reuse(entry)
      case .damaged(let found): return .run(trouble: "the stored result was damaged (\(found.reason))")
      case .absent: return .run(trouble: nil)
      }
    } catch let error as FileError {
      return .run(trouble: "the stored result is out of reach (\(error))")
    }
  }
}

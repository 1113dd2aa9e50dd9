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

  /// Walks back from the targets. Results that are reused are opened here, verified and held, so that nothing that
  /// happens to the store during the run can take them away.
  ///
  /// Throws `CancellationError`. A store that cannot be read only costs the time to make its results again.
  init(_ plan: Plan, store: Store?) throws {
    var needed = plan.targets
    for step in plan.steps.reversed() {
      guard needed.contains(step.id) else {
        decisions[step.id] = .skip
        continue
      }
      var trouble: String?
      if let store, let fingerprint = step.fingerprint, step.stage.effort != .light {
        do {
          switch try store.open(fingerprint) {
          case .present(let entry):
            decisions[step.id] = .reuse(entry)
            continue
          case .damaged(let found): trouble = "the stored result was damaged (\(found.reason))"
          case .absent: break
          }
        } catch let error as FileError {
          trouble = "the stored result is out of reach (\(error))"
        }
      }
      decisions[step.id] = .run(trouble: trouble)
      for source in step.links.values.joined() { needed.insert(source.step) }
    }
  }
}

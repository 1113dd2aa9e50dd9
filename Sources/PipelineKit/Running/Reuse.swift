/// Decides which steps run, which results come from the store, and which steps nobody needs.
struct Reuse {
  /// What becomes of a step.
  enum Decision {
    case reuse(StoreEntry)
    /// With what was wrong with the stored result, if there was one.
    case run(damage: String?)
    case skip
  }

  private(set) var decisions: [String: Decision] = [:]

  /// Walks back from the targets. Results that are reused are opened here, verified and held, so that nothing that
  /// happens to the store during the run can take them away.
  init(_ plan: Plan, store: Store?) throws {
    var needed = plan.targets
    for step in plan.steps.reversed() {
      guard needed.contains(step.id) else {
        decisions[step.id] = .skip
        continue
      }
      var damage: String?
      if let store, let fingerprint = step.fingerprint, step.stage.effort != .light {
        switch try store.open(fingerprint) {
        case .present(let entry):
          decisions[step.id] = .reuse(entry)
          continue
        case .damaged(let found): damage = found.reason
        case .absent: break
        }
      }
      decisions[step.id] = .run(damage: damage)
      for source in step.links.values.joined() { needed.insert(source.step) }
    }
  }
}

/// Why a step runs although its result might have been kept.
public enum RunReason: Sendable, Hashable {
  /// Cheap enough to run every time.
  case light
  /// It, or a step before it, is not pure.
  case notPure
  /// This document has not run here before, or had no such stage.
  case firstRun
  /// These values of it, or of steps before it, differ from the last run's.
  case changed([Change])
  /// Nothing changed, but the store has the result no longer.
  case notInStore

  /// One value that differs from the last run.
  public struct Change: Sendable, Hashable {
    /// Where in the resolved document.
    public let pointer: String
    /// The last run's value; nil when there was none.
    public let old: JSONValue?
    /// This run's value; nil when there is none.
    public let new: JSONValue?
  }
}

/// Says why steps run, by comparing them with the document's last run.
struct Explanation {
  private let steps: [String: Plan.Step]
  private let past: PastRun

  init(_ plan: Plan, past: PastRun) {
    steps = Dictionary(uniqueKeysWithValues: plan.steps.map { ($0.id, $0) })
    self.past = past
  }

  /// Why the step would run.
  func reason(for id: String) -> RunReason {
    guard let step = steps[id], step.stage.effort != .light else { return .light }
    guard let fingerprint = step.fingerprint else { return .notPure }
    guard let record = past.records[id] else { return .firstRun }
    if record.fingerprint == fingerprint.description { return .notInStore }
    return .changed(changes(upTo: id))
  }

  /// The values that differ in the step and everything before it.
  private func changes(upTo id: String) -> [RunReason.Change] {
    var seen: Set<String> = []
    var pending = [id]
    var changes: [RunReason.Change] = []
    while let id = pending.popLast() {
      guard seen.insert(id).inserted, let step = steps[id],
        past.records[id]?.fingerprint != step.fingerprint?.description
      else { continue }
      changes += past.changes(of: step)
      pending += step.links.values.joined().map(\.step)
    }
    return changes.sorted { $0.pointer < $1.pointer }
  }
}

/// Why a step runs although its result might have been kept.
public enum RunReason: Sendable, Hashable {
  /// Cheap enough to run every time.
  case light
  /// It, or a step before it, is not pure.
  case notPure
  /// This document has not run here before, or had no such stage.
  case firstRun
  /// These values of it, or of steps before it, differ from the last run's: the nearest to it first, and no more
  /// than ``maximumChanges``.
  case changed([Change])
  /// No value differs from those the steps before it last ran with, but then it did not come to run itself.
  case unfinished
  /// Nothing changed, but the store has the result no longer.
  case notInStore

  /// A plan of ten thousand stages may have changed in as many places; a person reads a few.
  public static let maximumChanges = 16

  /// One value that differs from the last run.
  public struct Change: Sendable, Hashable {
    /// Where in the resolved document.
    public let pointer: String
    /// The last run's value; nil when there was none.
    public let old: JSONValue?
    /// This run's value; nil when there is none.
    public let new: JSONValue?
    /// What the file or resource there was called at the last run; nil for other values.
    public var oldName: String?
    /// What it is called now.
    public var newName: String?
  }
}

/// Says why steps run, by comparing them with the document's last run.
struct Explanation {
  private var reasons: [String: RunReason] = [:]

  init(_ plan: Plan, past: PastRun) {
    var changes: [String: [RunReason.Change]] = [:]
    for step in plan.steps {
      let found = Self.changes(of: step, past, before: changes)
      changes[step.id] = found
      reasons[step.id] = Self.reason(for: step, past.records[step.id], found)
    }
  }

  /// Why the step would run.
  func reason(for id: String) -> RunReason { reasons[id] ?? .light }

  private static func reason(for step: Plan.Step, _ last: PastRun.Record?, _ changes: [RunReason.Change])
    -> RunReason
  {
    if step.stage.effort == .light { return .light }
    guard let fingerprint = step.fingerprint else { return .notPure }
    guard let last else { return .firstRun }
    if last.fingerprint == fingerprint.description { return .notInStore }
    return changes.isEmpty ? .unfinished : .changed(changes)
  }

  /// The values that differ in the step and, in the order of its links, in those before it.
  private static func changes(
    of step: Plan.Step, _ past: PastRun, before: [String: [RunReason.Change]]
  ) -> [RunReason.Change] {
    if let last = past.records[step.id]?.fingerprint, last == step.fingerprint?.description { return [] }
    var changes = past.changes(of: step)
    for (_, sources) in step.links.sorted(by: { $0.key < $1.key }) {
      for source in sources where changes.count < RunReason.maximumChanges {
        changes += (before[source.step] ?? []).filter { !changes.contains($0) }
      }
    }
    return Array(changes.prefix(RunReason.maximumChanges))
  }
}

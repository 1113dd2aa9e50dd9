import Foundation

/// What each step of a document was last run with, kept beside the store so that a run can say what changed.
struct PastRun {
  /// One step of the last run.
  struct Record: Codable {
    var fingerprint: String?
    var components: [String: String]
    /// What files and resources were called; nil in records of before this was kept.
    var names: [String: String]?
    var seconds: Double?
    var peakBytes: Int?
  }

  private(set) var records: [String: Record]

  init(of document: String?, in store: Store?) {
    // A record that cannot be read only costs an explanation.
    let data = document.flatMap { document in store.flatMap { try? $0.ledger(document) } }
    records = data.flatMap { try? JSONDecoder().decode([String: Record].self, from: $0) } ?? [:]
  }

  /// The step's own values that differ from the last run's.
  func changes(of step: Plan.Step) -> [RunReason.Change] {
    guard let last = records[step.id]?.components else { return [] }
    return Set(step.components.keys).union(last.keys).sorted().compactMap { pointer in
      let new = step.components[pointer]
      let old = last[pointer].flatMap { try? JSONValue(parsing: $0) }
      return old == new
        ? nil
        : RunReason.Change(
          pointer: pointer, old: old, new: new, oldName: records[step.id]?.names?[pointer],
          newName: step.names[pointer])
    }
  }

  /// How long those of the steps that take time took; nil for one that has not run.
  func lastSeconds(of steps: [Plan.Step]) -> [String: Double?] {
    let slow = steps.filter { $0.stage.effort != .light }
    return Dictionary(uniqueKeysWithValues: slow.map { ($0.id, records[$0.id]?.seconds) })
  }

  /// Notes how a step went this time.
  mutating func note(_ step: Plan.Step, seconds: Double? = nil, peakBytes: Int? = nil) {
    let last = records[step.id]
    records[step.id] = Record(
      fingerprint: step.fingerprint?.description,
      components: step.components.mapValues { String(decoding: JSONWriter.canonical($0), as: UTF8.self) },
      names: step.names.isEmpty ? nil : step.names,
      seconds: seconds ?? last?.seconds, peakBytes: peakBytes ?? last?.peakBytes)
  }

  /// Keeps the records for the next run.
  func save(of document: String, in store: Store) throws {
    try store.setLedger(document, to: JSONEncoder().encode(records))
  }
}

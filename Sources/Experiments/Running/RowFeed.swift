import Foundation
import PipelineKit

/// Plans an experiment's rows in order, so many at a time, while those before them run.
actor RowFeed {
  /// Some rows that follow one another.
  struct Window: Sendable {
    /// Those that are to be run.
    var rows: [PlannedRow] = []
    /// What became of the others.
    var settled: [Settled] = []
    /// Whether no rows come after these.
    var isLast = false
  }

  /// A row that need not be run, or cannot be.
  enum Settled: Sendable {
    case kept(RowRecord)
    case failedBefore(RowRecord)
    case failed(RowRecord)
    /// What it needs is not on this machine, and such rows are to be left out.
    case skipped(name: String, [MissingDependency])
  }

  /// A row that is to be run.
  struct PlannedRow: Sendable {
    var plan: Plan
    var record: RowRecord
    /// Whether its results are there, but made of something else.
    var isStale: Bool
  }

  /// What becomes of a row.
  enum Fate: Sendable {
    case settled(Settled)
    case runs(PlannedRow)
  }

  private let batch: Batch
  private let prepared: Batch.Prepared
  private var reader: RowReader
  private var past: RecordIndex
  private var taken = 0
  private var isAtEnd = false

  /// So many rows are looked at before those of them that run are handed out: rows that are kept come in thousands.
  private static let most = 256

  init(_ batch: Batch, _ prepared: Batch.Prepared, past: RecordIndex) throws {
    (self.batch, self.prepared, self.past) = (batch, prepared, past)
    reader = try RowReader(batch.experiment)
  }

  /// The next rows.
  ///
  /// - Throws: what keeps every row from being planned, as a missing library; `CancellationError`.
  func next() async throws -> Window {
    var window = Window()
    var seen = 0
    while window.rows.count < batch.options.window, seen < Self.most {
      try Task.checkCancellation()
      guard taken < batch.options.limit ?? .max, let row = try reader.next() else {
        isAtEnd = taken < batch.options.limit ?? .max
        window.isLast = true
        break
      }
      let key = prepared.planner.key(of: row)
      guard batch.options.shard.holds(key) else { continue }
      seen += 1
      let earlier = past[key]
      past.visit(key)
      switch try await batch.fate(of: row, key, earlier, prepared) {
      case .runs(let planned):
        taken += 1
        window.rows.append(planned)
      case .settled(let settled):
        if case .failed = settled { taken += 1 }
        window.settled.append(settled)
      }
    }
    return window
  }

  /// Earlier records of rows that the experiment does not have; none before all rows were looked at.
  var leftOver: [RowRecord] { isAtEnd ? past.unvisited.filter { !$0.isDropped } : [] }
}

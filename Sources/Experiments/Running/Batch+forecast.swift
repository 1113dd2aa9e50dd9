import Foundation
import Foundations
import PipelineKit
import SystemPackage

/// What earlier rows took, by some of their records.
struct History {
  private var stages: [String: (seconds: Double, count: Int)] = [:]
  private var bytes = 0
  private var rows = 0

  init(_ past: RecordIndex) { past.forEach(most: 500) { note($0) } }

  init(_ records: [RowRecord]) { for record in records { note(record) } }

  private mutating func note(_ record: RowRecord) {
    for (id, stage) in record.stages where !stage.isCached {
      let (seconds, count) = stages[id] ?? (0, 0)
      stages[id] = (seconds + stage.seconds, count + 1)
    }
    guard record.isDone else { return }
    rows += 1
    bytes += record.files.values.reduce(record.encoded.count) { $0 + $1.bytes }
  }

  /// Seconds that a stage took on average; nil for one that never ran.
  func seconds(of stage: String) -> Double? { stages[stage].map { $0.seconds / Double($0.count) } }

  /// Bytes of a row's files and record on average; nil before there was one.
  var bytesOfRow: Int? { rows > 0 ? bytes / rows : nil }
}

extension RunForecast {
  /// The most that the plan's sinks write, in bytes; nil where a size is not known.
  fileprivate func writtenBytes(_ plan: Plan) -> Int? {
    let outputs = Dictionary(uniqueKeysWithValues: entries.map { ($0.step, $0.outputs) })
    var bytes = 0
    for step in plan.steps where step.descriptor.isSink {
      let shapes = StageShapes(step.links.mapValues { $0.map { outputs[$0.step]?[$0.port] } })
      guard let most = step.stage.mostBytes(shapes, provenance: step.provenance) else { return nil }
      bytes += most
    }
    return bytes
  }
}

extension Batch {
  /// What running would come to.
  public struct Forecast: Sendable, Hashable {
    /// Rows of the experiment.
    public var rows = 0
    /// Those of the shard.
    public var ownRows = 0
    /// Rows whose results are there.
    public var kept = 0
    /// Rows that failed before and are not tried again.
    public var failed = 0
    /// Rows that are left out, for what they need is not on this machine.
    public var skipped = 0
    /// Rows to be made.
    public var toRun = 0
    /// What they are called, the first of them.
    public var names: [String] = []
    /// Stages of the rows that were looked at, each row alone.
    public var stages = 0
    /// Stages that are left when rows share what they have in common and the store is asked.
    public var distinctStages = 0
    /// Memory at the peak, one row after the other, in bytes.
    public var peakBytes = 0
    /// Seconds, by what the same stages took for earlier rows; nil where that is not known.
    public var seconds: Double?
    /// Bytes of results, by what earlier rows took; nil before there was one.
    public var bytes: Int?
    /// The most bytes that results take, by the sizes of the values that are written, as if nothing made files smaller; nil
    /// where a size is not known before it is made.
    public var mostBytes: Int?
    /// Bytes that are free on the disk of the results.
    public var freeBytes = 0
    /// How many of the rows were looked at; the rest is assumed to be like them.
    public var lookedAt = 0
  }

  /// Says what running would come to, and runs nothing.
  ///
  /// - Parameter most: how many rows are planned.
  /// - Throws: as ``run()``, as far as it can be known beforehand.
  public func forecast(most: Int = 500) async throws -> Forecast {
    let prepared = try prepare()
    var forecast = Forecast(rows: prepared.rows, ownRows: prepared.ownRows)
    let past = earlier()
    let history = History(past)
    var reader = try RowReader(experiment)
    var seen: Set<ContentDigest> = []
    var seconds: Double? = 0
    var written: Int? = 0
    while forecast.lookedAt < most, let row = try reader.next() {
      let key = prepared.planner.key(of: row)
      guard options.shard.holds(key) else { continue }
      forecast.lookedAt += 1
      switch try await fate(of: row, key, past[key], prepared) {
      case .settled(.kept): forecast.kept += 1
      case .settled(.failedBefore): forecast.failed += 1
      case .settled(.skipped): forecast.skipped += 1
      case .settled(.failed(let record)):
        throw InvalidDocument([Diagnostic("\(record.name): \(record.error ?? "")", at: .root)])
      case .runs(let planned):
        forecast.toRun += 1
        if forecast.names.count < 5 { forecast.names.append(planned.record.name) }
        forecast.stages += planned.plan.steps.count
        let future = try RunForecast(planned.plan, store: running.store)
        forecast.peakBytes = max(forecast.peakBytes, future.peakBytes)
        written = written.flatMap { written in future.writtenBytes(planned.plan).map { written + $0 } }
        for (step, entry) in Swift.zip(planned.plan.steps, future.entries) {
          guard case .runs = entry.fate else { continue }
          if let fingerprint = step.fingerprint, !step.descriptor.isSink, !seen.insert(fingerprint).inserted {
            continue
          }
          forecast.distinctStages += 1
          if let earlier = history.seconds(of: step.id) ?? entry.lastSeconds {
            seconds = seconds.map { $0 + earlier }
          } else if step.stage.effort != .light {
            seconds = nil
          }
        }
      }
    }
    if forecast.toRun > 0 {
      forecast.mostBytes = written.map { $0 / forecast.toRun }
    }
    let scale = forecast.lookedAt > 0 ? Double(forecast.ownRows) / Double(forecast.lookedAt) : 1
    forecast.seconds = seconds.map { $0 * scale }
    if scale > 1 {
      forecast.toRun = Int((Double(forecast.toRun) * scale).rounded())
      forecast.kept = Int((Double(forecast.kept) * scale).rounded())
      forecast.skipped = Int((Double(forecast.skipped) * scale).rounded())
    }
    forecast.mostBytes = forecast.mostBytes.map { $0 * forecast.toRun }
    forecast.bytes = history.bytesOfRow.map { $0 * forecast.toRun }
    forecast.freeBytes = try Self.freeSpace(near: folder.url)
    return forecast
  }

  /// Free bytes on the disk of a folder that may not be there yet.
  static func freeSpace(near folder: URL) throws -> Int {
    var place = folder.standardizedFileURL
    while !FileManager.default.fileExists(atPath: place.path(percentEncoded: false)), place.path != "/" {
      place.deleteLastPathComponent()
    }
    return try FileSystem().availableSpace(FilePath(place))
  }
}

import Foundation
import Foundations
import PipelineKit
import Synchronization

/// Follows the events of rows that run together, and tells when each of them has come to its end.
final class WindowWatch: Sendable {
  private struct State {
    var rows: [RowRecord]
    /// What each row still waits for: the steps for whose sake it runs.
    var pending: [Set<String>]
    var starts: [ContinuousClock.Instant?]
    var hasEnded: [Bool]
    var error: (any Error)?

    /// How long a row has been running, in seconds.
    func seconds(of row: Int) -> Double { starts[row].map { $0.duration(to: .now) / .seconds(1) } ?? 0 }
  }

  private let state: Mutex<State>
  /// The rows that use each step, and what they call it.
  private let uses: [String: [(row: Int, id: String)]]
  private let sinks: Set<String>
  private let measures: [String: Measure]
  private let folder: URL

  init(_ rows: [RowRecord], _ merged: MergedPlan, _ measures: [String: Measure], folder: URL) {
    var uses: [String: [(row: Int, id: String)]] = [:]
    for (row, ids) in merged.steps.enumerated() {
      for (id, call) in ids { uses[call, default: []].append((row, id)) }
    }
    self.uses = uses
    (self.measures, self.folder) = (measures, folder)
    sinks = Set(merged.plan.steps.filter(\.descriptor.isSink).map(\.id))
    let pending = merged.steps.map { Set($0.values).intersection(merged.plan.targets) }
    state = Mutex(
      State(
        rows: rows, pending: pending, starts: rows.map { _ in nil }, hasEnded: rows.map { _ in false }))
  }

  /// What became of the rows.
  var records: [RowRecord] {
    state.withLock { state in zip(state.rows, state.hasEnded).filter(\.1).map(\.0) }
  }

  /// The rows that failed, those left out whose failing steps are among others'.
  func failed(except others: Set<String>) -> [RowRecord] {
    let spared = Set(others.flatMap { uses[$0] ?? [] }.map(\.row))
    return state.withLock { state in
      state.rows.indices.compactMap { row in
        guard state.rows[row].error != nil, !state.hasEnded[row], !spared.contains(row) else { return nil }
        state.hasEnded[row] = true
        return state.rows[row]
      }
    }
  }

  /// What kept a record from being written.
  var error: (any Error)? { state.withLock { $0.error } }
  func fail(_ error: any Error) { state.withLock { $0.error = $0.error ?? error } }

  /// Notes an event.
  ///
  /// - Returns: the records of the rows that it brought to their end.
  func note(_ event: Event) throws -> [RowRecord] {
    switch event {
    case .started(let step, _):
      state.withLock { state in
        for (row, _) in uses[step] ?? [] where state.starts[row] == nil { state.starts[row] = .now }
      }
      return []
    case .finished(let step, let result):
      let ended = state.withLock { state in
        noteResult(result, of: step, in: &state)
        return sinks.contains(step) ? [] : end(step, in: &state)
      }
      return try ended.map(completed)
    case .delivered(let step, let delivery):
      // The file is read outside the lock: others need not wait for that.
      let file = try RowRecord.File(
        path: path(delivery.place), bytes: delivery.bytes,
        digest: ContentDigest(ofFile: URL(filePath: delivery.place), checkCancellation: {}).description)
      let ended = state.withLock { state in
        for (row, id) in uses[step] ?? [] { state.rows[row].files[RowRecord.name(ofOutput: id)] = file }
        return end(step, in: &state)
      }
      return try ended.map(completed)
    case .failed(let step, let message):
      state.withLock { state in
        for (row, id) in uses[step] ?? [] where !state.hasEnded[row] && state.rows[row].error == nil {
          state.rows[row].error = message.replacing("'\(step)'", with: "'\(id)'")
          state.rows[row].seconds = state.seconds(of: row)
        }
      }
      return []
    default: return []
    }
  }

  private func noteResult(_ result: StepResult, of step: String, in state: inout State) {
    let users = uses[step] ?? []
    // What takes no time, and takes part in every row, would fill the records.
    guard result.seconds >= 0.001 || result.wasCached else { return }
    for (row, id) in users where !state.hasEnded[row] {
      state.rows[row].stages[id] = RowRecord.Stage(
        seconds: result.seconds, peakBytes: result.peakBytes, isCached: result.wasCached,
        isShared: users.count > 1)
    }
  }

  /// The rows that a step was the last of.
  private func end(_ step: String, in state: inout State) -> [Int] {
    (uses[step] ?? []).compactMap { row, _ in
      guard state.pending[row].remove(step) != nil, state.pending[row].isEmpty, !state.hasEnded[row] else {
        return nil
      }
      state.hasEnded[row] = true
      state.rows[row].seconds = state.seconds(of: row)
      return row
    }
  }

  /// The record with the numbers of its reports.
  private func completed(_ row: Int) throws -> RowRecord {
    var record = state.withLock { $0.rows[row] }
    for (column, measure) in measures {
      guard let file = record.files[measure.output], file.path.hasSuffix(".json") else {
        record.measures[column] = .null
        continue
      }
      let report = try JSONValue(parsing: Data(contentsOf: file.url(in: folder)))
      record.measures[column] = measure.value(in: report) ?? .null
    }
    state.withLock { [record] in $0.rows[row] = record }
    return record
  }

  private func path(_ place: String) -> String {
    let base = folder.path(percentEncoded: false)
    let root = base.hasSuffix("/") ? base : base + "/"
    return place.hasPrefix(root) ? String(place.dropFirst(root.count)) : place
  }
}

import Experiments
import Foundation
import PipelineKit
import Synchronization

/// Shows a batch: one bar for all rows on a terminal, a line for each row elsewhere, JSON lines for programs.
final class BatchView: Sendable {
  private struct State {
    var rows = 0
    var done = 0
    var kept = 0
    var failed = 0
    var skipped = 0
    var start = ContinuousClock.now
    var hasBar = false
    /// Measures that were said to be missing.
    var unmeasured: Set<String> = []
    var pace = Pace(atMostEvery: .milliseconds(200))
  }

  private let mode: ProgressView.Mode
  private let state = Mutex(State())

  init(mode: ProgressView.Mode) { self.mode = mode }

  func show(_ event: BatchEvent) {
    switch mode {
    case .quiet: break
    case .json: write(event)
    case .bars, .lines: state.withLock { say(event, &$0) }
    }
  }

  /// What a batch would come to.
  func show(_ forecast: Batch.Forecast) {
    guard mode != .json else { return print(line: Self.json(forecast)) }
    var words = [
      "\(forecast.ownRows) rows" + (forecast.ownRows < forecast.rows ? " of \(forecast.rows)" : "")
    ]
    if forecast.lookedAt < forecast.ownRows {
      words.append("(the first \(forecast.lookedAt) were looked at)")
    }
    print(words.joined(separator: " "))
    print("kept     \(forecast.kept)")
    if forecast.failed > 0 { print("failed   \(forecast.failed) before, which --retry-failed tries again") }
    if forecast.skipped > 0 { print("skipped  \(forecast.skipped), whose models are not here") }
    print(
      "to run   \(forecast.toRun)"
        + (forecast.names.isEmpty
          ? ""
          : ": " + forecast.names.joined(separator: ", ")
            + (forecast.toRun > forecast.names.count ? ", …" : "")))
    print("stages   \(forecast.distinctStages) of \(forecast.stages), the others being shared or kept")
    print("time     \(forecast.seconds.map(ProgressView.time) ?? "not known before some rows have run")")
    print("memory   \(ProgressView.size(forecast.peakBytes)) at the peak of one row")
    let disk =
      forecast.bytes.map { ProgressView.size($0) + ", by earlier rows" }
      ?? forecast.mostBytes.map { "at most \(ProgressView.size($0)), by the sizes of what is written" }
      ?? "not known before a row has run"
    print("disk     \(disk); \(ProgressView.size(forecast.freeBytes)) are free")
  }

  /// Tells programs why nothing is run. People are told at the end.
  func refuse(_ error: any Error) {
    guard mode == .json, let refusal = Refusal(error) else { return }
    print(line: refusal.json)
  }

  private func say(_ event: BatchEvent, _ state: inout State) {
    switch event {
    case .began(let rows, let all, _):
      state.rows = rows
      if rows < all { line("\(rows) of \(all) rows are of this shard", &state) }
    case .kept:
      state.kept += 1
    case .stale(let name): line("\(name): what is there was made of something else, and is made anew", &state)
    case .dropped(let name):
      line("\(name): is no row of this experiment any more; its files stay, and it counts no longer", &state)
    // All that is missing is said once, at the end.
    case .skipped: state.skipped += 1
    case .recorded(let record):
      if let error = record.error {
        state.failed += 1
        line("\(record.name): failed: \(error)", &state)
      } else {
        state.done += 1
        if mode == .lines { line("\(record.name): \(ProgressView.time(record.seconds))", &state) }
        warn(of: record, &state)
      }
    case .step(.said(let step, .warning, let message)):
      line(
        "warning: " + (step.map { "\($0.split(separator: "/").dropFirst().joined(separator: "/")): " } ?? "")
          + message, &state)
    case .step: break
    case .ended(let summary): end(summary, &state)
    }
    guard mode == .bars, state.pace.permits() else { return }
    bar(&state)
  }

  /// Says once of each measure that a report has no number for it, for that shows before all rows have run.
  private func warn(of record: RowRecord, _ state: inout State) {
    for (measure, value) in record.measures.sorted(by: { $0.key < $1.key }) where value == .null {
      guard state.unmeasured.insert(measure).inserted else { continue }
      line("warning: \(record.name): its report has no number for the measure '\(measure)'", &state)
    }
  }

  private func end(_ summary: Batch.Summary, _ state: inout State) {
    var words = ["\(summary.done) rows made"]
    if summary.kept > 0 { words.append("\(summary.kept) kept") }
    if summary.stale > 0 { words.append("\(summary.stale) made anew") }
    if summary.failed > 0 { words.append("\(summary.failed) failed") }
    if summary.skipped > 0 { words.append("\(summary.skipped) skipped") }
    let left = summary.ownRows - summary.done - summary.kept - summary.failed - summary.skipped
    if left > 0 { words.append("\(left) left") }
    line(words.joined(separator: ", "), &state)
    for missing in summary.missing { line("skipped  \(missing)", &state) }
    for failure in summary.failures { line("failed  \(failure.name): \(failure.error)", &state) }
  }

  private func line(_ text: String, _ state: inout State) {
    if state.hasBar { Terminal.write("\u{1b}[1A\u{1b}[J") }
    state.hasBar = false
    Terminal.say(text)
  }

  private func bar(_ state: inout State) {
    if state.hasBar { Terminal.write("\u{1b}[1A\u{1b}[J") }
    let finished = state.done + state.kept + state.failed + state.skipped
    var text = "rows \(finished) of \(state.rows)"
    let seconds = state.start.duration(to: .now) / .seconds(1)
    let made = state.done + state.failed
    if made > 0, seconds > 0 {
      let rate = Double(made) / seconds
      text += rate >= 1 ? String(format: "  %.1f rows/s", rate) : String(format: "  %.1f s/row", 1 / rate)
      text += "  \(ProgressView.time(Double(state.rows - finished) / rate)) left"
    }
    if state.failed > 0 { text += "  \(state.failed) failed" }
    Terminal.say(String(text.prefix(Terminal.width - 1)))
    state.hasBar = true
  }

  private func write(_ event: BatchEvent) {
    switch event {
    case .began(let rows, let all, let shard):
      print(line: [
        "event": "began", "version": JSONValue(Event.version), "rows": JSONValue(rows), "all": JSONValue(all),
        "shard": .string("\(shard)"),
      ])
    case .kept(let record): print(line: ["event": "kept", "row": record.json])
    case .stale(let name): print(line: ["event": "stale", "name": .string(name)])
    case .dropped(let name): print(line: ["event": "dropped", "name": .string(name)])
    case .skipped(let name, let missing):
      print(line: [
        "event": "skipped", "name": .string(name),
        "missing": .array(missing.map { ["message": .string($0.message), "remedy": .string($0.remedy)] }),
      ])
    case .recorded(let record): print(line: ["event": "row", "row": record.json])
    case .step(.progressed(let step, let progress)):
      guard state.withLock({ $0.pace.permits() }) else { return }
      print(line: Event.progressed(step: step, progress).json)
    case .step(.said(let step, let level, let message)):
      print(line: Event.said(step: step, level, message).json)
    case .step: break
    case .ended(let summary):
      print(line: [
        "event": "ended", "rows": JSONValue(summary.ownRows), "done": JSONValue(summary.done),
        "kept": JSONValue(summary.kept), "failed": JSONValue(summary.failed),
        "stale": JSONValue(summary.stale), "dropped": JSONValue(summary.dropped),
        "skipped": JSONValue(summary.skipped),
      ])
    }
  }

  private static func json(_ forecast: Batch.Forecast) -> JSONValue {
    [
      "event": "forecast", "rows": JSONValue(forecast.ownRows), "all": JSONValue(forecast.rows),
      "kept": JSONValue(forecast.kept), "failed": JSONValue(forecast.failed),
      "toRun": JSONValue(forecast.toRun), "skipped": JSONValue(forecast.skipped),
      "stages": JSONValue(forecast.stages), "distinctStages": JSONValue(forecast.distinctStages),
      "peakBytes": JSONValue(forecast.peakBytes), "freeBytes": JSONValue(forecast.freeBytes),
      "seconds": forecast.seconds.map { .number($0) } ?? .null,
      "bytes": forecast.bytes.map { JSONValue($0) } ?? .null,
      "mostBytes": forecast.mostBytes.map { JSONValue($0) } ?? .null,
    ]
  }
}

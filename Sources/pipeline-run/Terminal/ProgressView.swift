import Foundation
import PipelineKit
import Synchronization

/// Shows a run's events: bars on a terminal, plain lines elsewhere, JSON lines for programs, or nothing.
final class ProgressView: Sendable {
  enum Mode { case bars, lines, json, quiet }

  private struct Bar {
    var start = ContinuousClock.now
    var progress: Monitor.Progress?
  }
  private struct State {
    var bars: [String: Bar] = [:]
    var whole = RunProgress()
    var jsonPace = Pace(atMostEvery: .milliseconds(100))
    var shownLines = 0
    var lastDrawn = ContinuousClock.now
  }

  private let mode: Mode
  private let state = Mutex(State())

  init(mode: Mode) { self.mode = mode }

  /// Shows why steps run.
  func explain(_ forecast: RunForecast) {
    guard mode != .quiet else { return }
    for entry in forecast.entries {
      switch entry.fate {
      case .runs(.light), .unneeded: continue
      default: Terminal.say("\(entry.step): \(entry.fate.phrase)")
      }
    }
  }

  func show(_ event: Event) {
    switch mode {
    case .json:
      if case .progressed = event, !state.withLock({ $0.jsonPace.permits() }) { return }
      print(line: event.json)
    case .quiet: break
    case .bars, .lines: state.withLock { show(event, &$0) }
    }
  }

  /// Tells programs why the document is not run. People are told at the end.
  func refuse(_ error: any Error) {
    guard mode == .json, let refusal = Refusal(error) else { return }
    print(line: refusal.json)
  }

  private func show(_ event: Event, _ state: inout State) {
    state.whole.note(event)
    switch event {
    case .began: break
    case .started(let step, _): state.bars[step] = Bar()
    case .progressed(let step, let progress):
      state.bars[step]?.progress = progress
      guard state.lastDrawn.duration(to: .now) > .milliseconds(100) else { return }
    case .finished(let step, let result):
      state.bars[step] = nil
      let outputs = result.outputs.sorted { $0.key < $1.key }.map(\.value.summary).joined(separator: "; ")
      // What takes no time is not worth a line.
      if result.wasCached {
        say("\(step): kept from an earlier run", &state)
      } else if result.seconds >= 0.05 {
        say("\(step): \(Self.time(result.seconds)) — \(outputs)", &state)
      }
    case .delivered(let step, let delivery):
      guard delivery.place != "-" else { return }
      let size = Self.size(delivery.bytes)
      say("\(step): \(delivery.place) (\(size)\(delivery.wasUnchanged ? ", unchanged" : ""))", &state)
    case .failed(let step, _): state.bars[step] = nil
    case .blocked, .previewed: break
    case .said(let step, let level, let message):
      say((level == .warning ? "warning: " : "") + (step.map { "\($0): " } ?? "") + message, &state)
    case .ended(let seconds, _):
      state.bars = [:]
      say("\(Self.time(seconds)) in all", &state)
    }
    draw(&state)
  }

  private func say(_ line: String, _ state: inout State) {
    erase(&state)
    Terminal.say(line)
  }

  private func erase(_ state: inout State) {
    guard state.shownLines > 0 else { return }
    Terminal.write("\u{1b}[\(state.shownLines)A\u{1b}[J")
    state.shownLines = 0
  }

  private func draw(_ state: inout State) {
    guard mode == .bars else { return }
    erase(&state)
    state.lastDrawn = .now
    // A step that is done at once needs no bar.
    let bars = state.bars.filter { $0.value.start.duration(to: .now) > .milliseconds(300) }
    guard !bars.isEmpty else { return }
    let whole = state.whole.total > 1 ? [Self.line(state.whole)] : []
    let lines = whole + bars.sorted { $0.value.start < $1.value.start }.map { Self.line($0.key, $0.value) }
    for line in lines { Terminal.say(String(line.prefix(Terminal.width - 1))) }
    state.shownLines = lines.count
  }

  /// Above the bars of stages: which of all is under way, and the time that is left of all.
  private static func line(_ whole: RunProgress) -> String {
    let left = whole.secondsLeft().map { "  \(time($0)) left in all" } ?? ""
    return "stage \(min(whole.done + 1, whole.total)) of \(whole.total)\(left)"
  }

  private static func line(_ step: String, _ bar: Bar) -> String {
    let seconds =
      Double(bar.start.duration(to: .now).components.seconds)
      + Double(bar.start.duration(to: .now).components.attoseconds) * 1e-18
    guard let progress = bar.progress, progress.fraction > 0 else { return "\(step)  \(time(seconds))" }
    let filled = Int((min(progress.fraction, 1) * 24).rounded())
    var line =
      "\(step)  " + String(repeating: "█", count: filled) + String(repeating: "░", count: 24 - filled)
    if let count = progress.count, let total = progress.total, let unit = progress.unit {
      line += "  \(count)/\(total) \(unit)s"
      if count > 0, seconds > 0 { line += "  " + rate(Double(count) / seconds, unit) }
    } else {
      line += "  \(Int(progress.fraction * 100)) %"
    }
    return line + "  \(time(seconds * (1 / progress.fraction - 1))) left"
  }

  private static func rate(_ perSecond: Double, _ unit: String) -> String {
    perSecond >= 1 ? "\(fixed(perSecond, 1)) \(unit)s/s" : "\(fixed(1 / perSecond, 1)) s/\(unit)"
  }

  static func time(_ seconds: Double) -> String {
    if seconds < 1 { return "\(Int((seconds * 1000).rounded())) ms" }
    if seconds < 60 { return "\(fixed(seconds, 1)) s" }
    let whole = Int(seconds.rounded())
    return "\(whole / 60) min \(whole % 60) s"
  }

  static func size(_ bytes: Int) -> String { MemoryBudget.phrase(bytes) }

  private static func fixed(_ number: Double, _ digits: Int) -> String {
    String(format: "%.\(digits)f", number)
  }
}

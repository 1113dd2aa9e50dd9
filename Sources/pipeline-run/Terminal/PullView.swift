import Foundation
import ModelHub
import PipelineKit
import Synchronization

/// Shows how a model is fetched: one bar on a terminal, a line for each file elsewhere, JSON lines for programs.
final class PullView: Sendable {
  private struct State {
    var hasBar = false
    var lastDrawn = ContinuousClock.now - .seconds(1)
    /// Where the rate is counted from.
    var start: (time: ContinuousClock.Instant, bytes: Int)?
    var checked: String?
  }

  private let name: String
  private let mode: ProgressView.Mode
  private let state = Mutex(State())

  init(name: String, mode: ProgressView.Mode) {
    self.name = name
    self.mode = mode
  }

  func show(_ event: PullEvent) {
    state.withLock { state in
      if case .progress = event {
        if state.start == nil, case .progress(let bytes, _) = event { state.start = (.now, bytes) }
        guard state.lastDrawn.duration(to: .now) > .milliseconds(200) else { return }
        state.lastDrawn = .now
      }
      switch mode {
      case .quiet: break
      case .json: write(event.json)
      case .bars, .lines: say(event, &state)
      }
    }
  }

  /// Says what the pull came to.
  func end(_ result: PullResult) {
    state.withLock { state in
      erase(&state)
      switch mode {
      case .quiet: break
      case .json:
        write(
          .object([
            "event": "done", "folder": .string(result.folder), "files": .init(result.files),
            "fetched": .init(result.fetchedFiles), "bytes": .init(result.bytes),
          ]))
      case .bars, .lines:
        let size = ProgressView.size(result.bytes)
        Terminal.say(
          result.fetchedFiles == 0
            ? "\(name): everything is there already (\(result.files) files, \(size)) in \(result.folder)"
            : "\(name): \(result.fetchedFiles) of \(result.files) files fetched, \(size) in \(result.folder)")
      }
    }
  }

  /// Makes room for an error, and says what became of the bytes.
  func fail() {
    state.withLock { state in
      erase(&state)
      guard mode != .quiet, mode != .json, state.start != nil else { return }
      Terminal.say("\(name): what has come is kept; pull again to go on from there")
    }
  }

  private func say(_ event: PullEvent, _ state: inout State) {
    switch event {
    case .progress(let bytes, let total):
      guard mode == .bars else { return }
      erase(&state)
      Terminal.say(String(line(bytes, total, state).prefix(Terminal.width - 1)))
      state.hasBar = true
      return
    case .checking(let file):
      guard mode == .bars else { return }
      erase(&state)
      Terminal.say(String("checking \(file)".prefix(Terminal.width - 1)))
      state.hasBar = true
      return
    case .planned, .waiting, .finished, .retrying, .restarted:
      erase(&state)
      Terminal.say("\(name): \(event.phrase)")
    }
  }

  private func line(_ bytes: Int, _ total: Int?, _ state: State) -> String {
    var line = name
    if let total, total > 0 {
      let filled = Int((Double(bytes) / Double(total) * 24).rounded())
      line +=
        "  " + String(repeating: "█", count: filled) + String(repeating: "░", count: max(24 - filled, 0))
    }
    line += "  \(ProgressView.size(bytes))" + (total.map { "/\(ProgressView.size($0))" } ?? "")
    guard let start = state.start else { return line }
    let seconds = start.time.duration(to: .now) / .seconds(1)
    let rate = Double(bytes - start.bytes) / max(seconds, 0.001)
    guard seconds > 1, rate > 0 else { return line }
    line += "  \(ProgressView.size(Int(rate)))/s"
    return total.map { line + "  \(ProgressView.time(Double($0 - bytes) / rate)) left" } ?? line
  }

  private func erase(_ state: inout State) {
    guard state.hasBar else { return }
    Terminal.write("\u{1b}[1A\u{1b}[J")
    state.hasBar = false
  }

  private func write(_ value: JSONValue) { print(line: value) }
}

extension PullEvent {
  /// In words.
  fileprivate var phrase: String {
    switch self {
    case .planned(let files, let bytes):
      "\(files) files to fetch" + (bytes.map { ", \(ProgressView.size($0))" } ?? "")
    case .checking(let file): "checking \(file)"
    case .waiting: "another process is fetching it; waiting"
    case .progress(let bytes, _): ProgressView.size(bytes)
    case .finished(let file, let bytes): "\(file) (\(ProgressView.size(bytes)))"
    case .retrying(let file, let reason, let pause):
      "\(file): \(reason); trying again in \(ProgressView.time(pause / .seconds(1)))"
    case .restarted(let file): "\(file): what an earlier try left cannot be used; starting again"
    }
  }

  /// One line of `--json`.
  fileprivate var json: JSONValue {
    switch self {
    case .planned(let files, let bytes):
      .object(["event": "planned", "files": .init(files), "bytes": bytes.map { .init($0) } ?? .null])
    case .checking(let file): .object(["event": "checking", "file": .string(file)])
    case .waiting: .object(["event": "waiting"])
    case .progress(let bytes, let total):
      .object(["event": "progress", "bytes": .init(bytes), "total": total.map { .init($0) } ?? .null])
    case .finished(let file, let bytes):
      .object(["event": "finished", "file": .string(file), "bytes": .init(bytes)])
    case .retrying(let file, let reason, let pause):
      .object([
        "event": "retrying", "file": .string(file), "reason": .string(reason),
        "seconds": .number(pause / .seconds(1)),
      ])
    case .restarted(let file): .object(["event": "restarted", "file": .string(file)])
    }
  }
}

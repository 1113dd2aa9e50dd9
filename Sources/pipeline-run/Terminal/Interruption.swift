import Foundations
import Dispatch
import Foundation
import PipelineKit
import Synchronization

/// A command that has something to finish when it is interrupted.
protocol UnhurriedCommand {
  /// How long that may take.
  static var patience: DispatchTimeInterval { get }
}

/// Turns SIGINT and SIGTERM into cancellation, and SIGUSR1, by which job systems warn of the end of a task's time. A second signal, or two seconds without an end (longer for what is an
/// `UnhurriedCommand`), ends the process: files appear whole or not at all, so nothing can be torn.
///
/// Sendable: what changes is behind a lock, and the signal sources are only kept alive.
final class Interruption: @unchecked Sendable {
  private struct State {
    var signal: Int32?
    var task: Task<Void, any Error>?
    var patience = DispatchTimeInterval.milliseconds(1700)
  }
  private let state = Mutex(State())
  private let sources: [any DispatchSourceSignal]

  init() {
    signal(SIGPIPE, SIG_IGN)
    let numbers = [SIGINT, SIGTERM, SIGUSR1]
    sources = numbers.map { number in
      signal(number, SIG_IGN)
      return DispatchSource.makeSignalSource(signal: number, queue: .global())
    }
    for (source, number) in zip(sources, numbers) {
      source.setEventHandler { [weak self] in self?.receive(number) }
      source.resume()
    }
  }

  /// The exit code of an interrupted run: 130 after SIGINT, 143 after SIGTERM, 75, to be run again, after SIGUSR1; nil
  /// when there was no signal.
  var exitCode: Int32? { state.withLock { $0.signal.map(Self.exitCode) } }

  private static func exitCode(_ signal: Int32) -> Int32 { signal == SIGUSR1 ? Failure.again : 128 + signal }

  /// How long what is cancelled may take to end.
  var patience: DispatchTimeInterval {
    get { state.withLock { $0.patience } }
    set { state.withLock { $0.patience = newValue } }
  }

  /// Runs the body so that a signal cancels it.
  func guarding(_ body: sending @escaping () async throws -> Void) async throws {
    let task = Task { try await body() }
    state.withLock { $0.task = task }
    try await task.value
  }

  private func breakOff(_ number: Int32) -> Never {
    ScratchPlace.removeAll()
    Terminal.say("interrupted; what was under way was broken off, and nothing half-written was left behind")
    _exit(Self.exitCode(number))
  }

  private func receive(_ number: Int32) {
    let isFirst = state.withLock { state in
      let isFirst = state.signal == nil
      if isFirst { state.signal = number }
      state.task?.cancel()
      return isFirst
    }
    guard isFirst else { breakOff(number) }
    DispatchQueue.global().asyncAfter(deadline: .now() + patience) { self.breakOff(number) }
  }
}

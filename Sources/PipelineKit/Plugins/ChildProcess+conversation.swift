import Foundation
import Synchronization

extension ChildProcess {
  /// Runs a program that answers by the protocol of ``ExternalProgram``, and returns the paths that it says its outputs
  /// have, by port.
  ///
  /// Throws as `run` does, and ``StageFailure`` with what the program says of its failure.
  func conversation(_ monitor: Monitor, log: @escaping @Sendable (LogLevel, String) -> Void) async throws
    -> [String: String]
  {
    let outputs = Mutex<[String: String]>([:])
    let reported = Mutex<String?>(nil)
    do {
      try await run { line in
        switch ProgramAnswer(line) {
        case .progress(let fraction): monitor.report(fraction)
        case .log(let level, let message): log(level, message)
        case .error(let message): reported.withLock { $0 = message }
        case .outputs(let paths): outputs.withLock { $0.merge(paths) { $1 } }
        case nil: throw unknownAnswer(line)
        }
      }
    } catch let failure as StageFailure {
      // What the program says of its failure is worth more than its exit code.
      throw reported.withLock { $0 }.map { StageFailure($0) } ?? failure
    }
    if let message = reported.withLock({ $0 }) { throw StageFailure(message) }
    return outputs.withLock { $0 }
  }

  private func unknownAnswer(_ line: [UInt8]) -> StageFailure {
    let text = String(decoding: line.prefix(80), as: UTF8.self).printable
    return StageFailure(
      "'\(name)' wrote a line to its standard output that is no answer: \(text)",
      advice: "an answer is one line of JSON, such as {\"progress\": 0.5}; text belongs on standard error")
  }
}

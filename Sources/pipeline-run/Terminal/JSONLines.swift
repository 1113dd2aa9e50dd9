import Foundation
import PipelineKit
import Synchronization

/// Newline-delimited JSON on standard output. A line that cannot be written stops nothing; it is an error at the end.
final class JSONLines: Sendable {
  private let failure = Mutex<(any Error)?>(nil)

  /// Writes a line, unless an earlier one failed.
  func write(_ value: JSONValue) {
    failure.withLock { failure in
      guard failure == nil else { return }
      do {
        try StandardOutput.write(JSONWriter.canonical(value) + Data([0x0a]))
      } catch {
        failure = error
      }
    }
  }

  /// Throws what kept a line from being written.
  func check() throws {
    try failure.withLock { if let failure = $0 { throw failure } }
  }
}

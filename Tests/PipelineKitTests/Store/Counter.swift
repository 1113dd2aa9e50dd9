import Foundations
import Synchronization

@testable import PipelineKit

/// Counts file operations from any thread.
final class Counter: Sendable {
  private let state = Mutex<[FileError.Operation: Int]>([:])

  func count(_ operation: FileError.Operation) { state.withLock { $0[operation, default: 0] += 1 } }
  func reset() { state.withLock { $0 = [:] } }
  var counts: [FileError.Operation: Int] { state.withLock { $0 } }
}

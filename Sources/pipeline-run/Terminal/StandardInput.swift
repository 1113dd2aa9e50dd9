import Foundations
import Foundation
import PipelineKit
import Synchronization

/// Standard input, kept in a file so that it can be read more than once and mapped.
final class StandardInput: Sendable {
  private let file = Mutex<URL?>(nil)

  /// The file; standard input is read to its end the first time.
  func spooled() throws -> URL {
    try file.withLock { file in
      if let file { return file }
      let url = ScratchPlace.make()
      guard FileManager.default.createFile(atPath: url.path(percentEncoded: false), contents: nil) else {
        throw StageFailure("standard input cannot be kept in \(url.deletingLastPathComponent().path)")
      }
      file = url
      let handle = try FileHandle(forWritingTo: url)
      defer { try? handle.close() }
      while let piece = try FileHandle.standardInput.read(upToCount: 1 << 20), !piece.isEmpty {
        try handle.write(contentsOf: piece)
      }
      return url
    }
  }

  deinit {
    file.withLock { file in
      if let file { try? FileManager.default.removeItem(at: file) }
    }
  }
}

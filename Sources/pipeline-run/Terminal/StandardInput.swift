import Foundations
import Foundation
import PipelineKit
import Synchronization

/// Standard input, kept in a file so that it can be read more than once and mapped.
final class StandardInput: Sendable {
  private let place = Mutex<ScratchPlace?>(nil)

  /// The file; standard input is read to its end the first time.
  func spooled() throws -> URL {
    try place.withLock { place in
      if let place { return place.url.appending(path: Self.name) }
      let new = try ScratchPlace()
      let url = new.url.appending(path: Self.name)
      guard FileManager.default.createFile(atPath: url.path(percentEncoded: false), contents: nil) else {
        throw StageFailure("standard input cannot be kept in \(new.url.path)")
      }
      let handle = try FileHandle(forWritingTo: url)
      defer { try? handle.close() }
      while let piece = try FileHandle.standardInput.read(upToCount: 1 << 20), !piece.isEmpty {
        try handle.write(contentsOf: piece)
      }
      place = new
      return url
    }
  }

  private static let name = "standard-input"
}

public import Foundation
import Synchronization
import SystemPackage

/// The process's standard output, written so that a full disk or a reader who has gone away is an error like any other.
public enum StandardOutput {
  /// Why what was said did not arrive. Swift's `print` tells nobody, and C's streams forget the reason.
  private static let failure = Mutex<(any Error)?>(nil)

  /// Writes text for whoever reads on: what cannot be written is no error before ``check()``, and nothing is written after it.
  public static func say(_ text: String) {
    failure.withLock { failure in
      guard failure == nil else { return }
      do {
        try write(Data(text.utf8))
      } catch {
        failure = error
      }
    }
  }

  /// Throws what kept text that was said from being written. That nobody reads on is no error: who calls `head` has had enough.
  ///
  /// - Throws: `FileError`, as when the output goes to a full disk.
  public static func check() throws {
    guard let error = failure.withLock({ $0 }), (error as? FileError)?.reason != .noReader else { return }
    throw error
  }

  /// Writes all these bytes.
  ///
  /// - Throws: `FileError`.
  public static func write(_ bytes: Data) throws {
    try bytes.withUnsafeBytes {
      try FileSystem().write($0, to: .standardOutput, at: "standard output")
    }
  }
}

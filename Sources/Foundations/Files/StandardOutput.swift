import CSystemCalls
public import Foundation
import SystemPackage

/// The process's standard output, written so that a reader who has gone away is an error like any other.
public enum StandardOutput {
  /// Sees to it that everything that was printed has been taken, or that nobody reads on.
  ///
  /// - Throws: `FileError`, as when the output goes to a full disk.
  public static func flush() throws {
    try FileSystem().attempt(.write, "standard output") {
      let code = flush_standard_output()
      guard code == 0 || Errno(rawValue: code) == .brokenPipe else { throw Errno(rawValue: code) }
    }
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

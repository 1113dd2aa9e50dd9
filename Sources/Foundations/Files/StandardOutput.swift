public import Foundation
import SystemPackage

/// The process's standard output, written so that a reader who has gone away is an error like any other.
public enum StandardOutput {
  /// Writes all these bytes.
  ///
  /// - Throws: `FileError`.
  public static func write(_ bytes: Data) throws {
    try bytes.withUnsafeBytes {
      try FileSystem().write($0, to: .standardOutput, at: "standard output")
    }
  }
}

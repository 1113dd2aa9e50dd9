import Foundations
import Foundation
import SystemPackage

/// The store's lock, and the number of bytes in its entries, which is kept in the locked file.
///
/// Entries come and go only while this is held. The number is never less than what is there: it grows before an entry
/// appears and is counted anew before any is evicted. A crash between the two makes it too large until then.
struct StoreUsage {
  private let lock: FileLock
  private let path: FilePath
  private let system: FileSystem

  private init(_ path: FilePath, system: FileSystem) throws {
    lock = try FileLock.wait(
      for: path, exclusively: true, mode: .readWrite, options: [.create], system: system)
    self.path = path
    self.system = system
  }

  /// Holds the lock while `body` runs, after waiting for it: others hold it only while they rename and count.
  static func hold<Value>(
    _ path: FilePath, system: FileSystem, _ body: (StoreUsage) throws -> Value
  ) throws -> Value {
    let usage = try StoreUsage(path, system: system)
    return try withExtendedLifetime(usage.lock) { try body(usage) }
  }

  /// The number, or nil when none was written yet or it cannot be read.
  func read() throws -> Int64? {
    var text = [UInt8](repeating: 0, count: Self.width)
    let count = try system.attempt(.read, path) {
      try text.withUnsafeMutableBytes { try lock.descriptor.read(fromAbsoluteOffset: 0, into: $0) }
    }
    guard count == Self.width else { return nil }
    return Int64(String(decoding: text, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines))
  }

  func write(_ bytes: Int64) throws {
    let digits = String(bytes)
    let text = String(repeating: " ", count: Self.width - 1 - digits.count) + digits + "\n"
    _ = try system.attempt(.write, path) { try lock.descriptor.writeAll(toAbsoluteOffset: 0, text.utf8) }
  }

  /// Bytes of the written form: right-aligned digits and a line end.
  private static let width = 24
}

import FileTesting
import Foundation

/// A file system of a few kilobytes, mounted on a folder of a test's own. Linux, as root, where mounting is allowed.
final class TinyDisk {
  let folder: TemporaryFolder

  init(kilobytes: Int) throws {
    folder = try TemporaryFolder()
    guard Self.mount(["-t", "tmpfs", "-o", "size=\(kilobytes)k", "tmpfs", folder.url.systemPath]) else {
      throw CocoaError(.fileWriteUnknown)
    }
  }

  deinit { _ = Self.run("/bin/umount", [folder.url.systemPath]) }

  func remountReadOnly() throws {
    guard Self.mount(["-o", "remount,ro", folder.url.systemPath]) else { throw CocoaError(.fileWriteUnknown) }
  }

  static let isAvailable: Bool = (try? TinyDisk(kilobytes: 64)) != nil

  private static func mount(_ arguments: [String]) -> Bool { run("/bin/mount", arguments) }

  private static func run(_ program: String, _ arguments: [String]) -> Bool {
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }
}

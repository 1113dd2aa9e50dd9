import Foundation

#if canImport(Glibc)
  import Glibc
#endif

/// A file system of a few kilobytes, mounted on a folder of a test's own. Linux, as root, where mounting is allowed.
package final class TinyDisk {
  package let folder: TemporaryFolder

  package init(kilobytes: Int) throws {
    folder = try TemporaryFolder()
    guard Self.mount(folder.url, 0, "size=\(kilobytes)k") else { throw CocoaError(.fileWriteUnknown) }
  }

  deinit {
    #if os(Linux)
      umount(folder.url.systemPath)
    #endif
  }

  package func remountReadOnly() throws {
    #if os(Linux)
      guard Self.mount(folder.url, UInt(MS_REMOUNT | MS_RDONLY), "") else {
        throw CocoaError(.fileWriteUnknown)
      }
    #endif
  }

  package static let isAvailable: Bool = (try? TinyDisk(kilobytes: 64)) != nil

  private static func mount(_ folder: URL, _ flags: UInt, _ options: String) -> Bool {
    #if os(Linux)
      Glibc.mount("tmpfs", folder.systemPath, "tmpfs", flags, options) == 0
    #else
      false
    #endif
  }
}

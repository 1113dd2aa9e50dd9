import CSystemCalls
package import SystemPackage

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// POSIX calls that swift-system does not offer. Each throws the `Errno` it fails with.
package enum SystemCall {
  package static func makeFolder(_ path: FilePath) throws {
    try check { path.withPlatformString { mkdir($0, 0o777) } }
  }

  package static func removeFolder(_ path: FilePath) throws {
    try check { path.withPlatformString { rmdir($0) } }
  }

  package static func removeFile(_ path: FilePath) throws {
    try check { path.withPlatformString { unlink($0) } }
  }

  package static func rename(_ path: FilePath, to other: FilePath) throws {
    try check {
      path.withPlatformString { from in
        #if canImport(Darwin)
          other.withPlatformString { Darwin.rename(from, $0) }
        #elseif canImport(Musl)
          other.withPlatformString { Musl.rename(from, $0) }
        #else
          other.withPlatformString { Glibc.rename(from, $0) }
        #endif
      }
    }
  }

  package static func link(_ path: FilePath, to other: FilePath) throws {
    try check {
      path.withPlatformString { from in
        other.withPlatformString { linkat(AT_FDCWD, from, AT_FDCWD, $0, 0) }
      }
    }
  }

  /// The names in a folder, without `.` and `..`.
  package static func names(in folder: FilePath) throws -> [String] {
    guard let stream = folder.withPlatformString({ opendir($0) }) else { throw Errno(rawValue: errno) }
    defer { closedir(stream) }
    var names: [String] = []
    while true {
      errno = 0
      guard let entry = readdir(stream) else { break }
      let name = withUnsafePointer(to: &entry.pointee.d_name) { field in
        field.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: field.pointee)) {
          String(cString: $0)
        }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    guard errno == 0 else { throw Errno(rawValue: errno) }
    return names
  }

  /// Waits until the file is on its disk. On Darwin plain `fsync` leaves it in the drive's own cache.
  /// A file system that cannot flush such a thing (some cannot flush folders) says so with `EINVAL`: nothing to wait for.
  package static func sync(_ descriptor: FileDescriptor) throws {
    #if canImport(Darwin)
      if fcntl(descriptor.rawValue, F_FULLFSYNC) == 0 { return }
    #endif
    do { try check { fsync(descriptor.rawValue) } } catch Errno.invalidArgument {}
  }

  /// Sets both times of an open file to now.
  package static func touch(_ descriptor: FileDescriptor) throws {
    try check { futimens(descriptor.rawValue, nil) }
  }

  /// The path with every symbolic link followed.
  package static func realPath(_ path: FilePath) throws -> FilePath {
    guard let resolved = path.withPlatformString({ realpath($0, nil) }) else { throw Errno(rawValue: errno) }
    defer { free(resolved) }
    return FilePath(platformString: resolved)
  }

  /// Waits for an exclusive advisory lock that belongs to the open file and ends when it is closed.
  package static func lock(_ descriptor: FileDescriptor) throws {
    try check { flock(descriptor.rawValue, LOCK_EX) }
  }

  /// Takes such a lock, or one that is shared with other such, unless another's is in the way.
  package static func lockIfFree(_ descriptor: FileDescriptor, exclusively: Bool) throws -> Bool {
    do {
      try check { flock(descriptor.rawValue, (exclusively ? LOCK_EX : LOCK_SH) | LOCK_NB) }
      return true
    } catch Errno.wouldBlock {
      return false
    }
  }

  /// The user whom this process acts for.
  static var user: uid_t { geteuid() }

  /// The name of this machine, or of the container.
  static var hostName: String {
    var name = [CChar](repeating: 0, count: 256)
    return gethostname(&name, name.count - 1) == 0
      ? String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self) : ""
  }

  /// Lets this thread rest.
  package static func sleep(milliseconds: Int) { usleep(useconds_t(milliseconds * 1000)) }

  /// Ends the locks of the open file, for every process that holds a copy of its descriptor.
  package static func unlock(_ descriptor: FileDescriptor) { flock(descriptor.rawValue, LOCK_UN) }

  /// Lets two files or folders change names at once; false where the file system or the system has no such call.
  package static func exchange(_ path: FilePath, _ other: FilePath) throws -> Bool {
    while true {
      let code = path.withPlatformString { first in other.withPlatformString { exchange_names(first, $0) } }
      switch Errno(rawValue: code) {
      case _ where code == 0: return true
      case .interrupted: continue
      case .notSupported, .noFunction, .invalidArgument: return false
      case let error: throw error
      }
    }
  }

  /// How many bytes a program without privileges may still write on the disk that holds a file or folder.
  package static func availableSpace(_ path: FilePath) throws -> Int {
    var status = statvfs()
    try check { path.withPlatformString { statvfs($0, &status) } }
    let (bytes, overflows) = Int(clamping: status.f_bavail).multipliedReportingOverflow(
      by: Int(clamping: status.f_frsize))
    return overflows ? .max : bytes
  }

  /// Repeats a call that a signal interrupted; throws what it failed with.
  private static func check(_ call: () -> CInt) throws {
    while call() != 0 {
      let code = Errno(rawValue: errno)
      if code != .interrupted { throw code }
    }
  }
}

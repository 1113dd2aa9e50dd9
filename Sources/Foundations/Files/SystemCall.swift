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

  /// Waits for an advisory lock that belongs to the open file and ends when it is closed.
  package static func lock(_ descriptor: FileDescriptor, exclusively: Bool) throws {
    try check { flock(descriptor.rawValue, exclusively ? LOCK_EX : LOCK_SH) }
  }

  /// Takes the exclusive lock unless another holds one.
  package static func lockIfFree(_ descriptor: FileDescriptor) throws -> Bool {
    do {
      try check { flock(descriptor.rawValue, LOCK_EX | LOCK_NB) }
      return true
    } catch Errno.wouldBlock {
      return false
    }
  }

  /// Repeats a call that a signal interrupted; throws what it failed with.
  private static func check(_ call: () -> CInt) throws {
    while call() != 0 {
      let code = Errno(rawValue: errno)
      if code != .interrupted { throw code }
    }
  }
}

import Foundation

/// What has been downloaded of a file so far, beside its place: `NAME.partial`, and in `NAME.partial.json` what the
/// bytes are known to be part of.
struct PartialFile {
  /// What the bytes are part of.
  struct Origin: Codable, Equatable {
    var url: URL
    var size: Int?
    var checksum: Checksum?
    /// The server's strong entity tag.
    var tag: String?
  }

  static let ending = ".partial"

  let path: String
  private let recordPath: String

  init(target: String) {
    path = target + Self.ending
    recordPath = path + ".json"
  }

  /// How many bytes may be kept of a file: those whose checksum will be checked at the end, or whose entity tag the
  /// server can compare.
  func resumable(for file: RemoteFile) -> (bytes: Int, tag: String?) {
    guard let origin, let size = try? fileSize(path) else { return (0, nil) }
    let isSame =
      file.checksum != nil
      ? origin.checksum == file.checksum
      : origin.url == file.url && origin.tag != nil && origin.size == file.size
    guard isSame, size <= file.size ?? .max else { return (0, nil) }
    return (size, origin.url == file.url ? origin.tag : nil)
  }

  private var origin: Origin? {
    guard let data = try? Data(contentsOf: URL(filePath: recordPath)) else { return nil }
    return try? JSONDecoder().decode(Origin.self, from: data)
  }

  func record(_ origin: Origin) throws {
    do {
      try JSONEncoder().encode(origin).write(to: URL(filePath: recordPath), options: .atomic)
    } catch {
      throw HubError.fileSystem(path: recordPath, error.localizedDescription)
    }
  }

  func remove() {
    unlink(path)
    unlink(recordPath)
  }

  /// Puts the whole file in its place, flushed to disk.
  func promote(to target: String) throws {
    guard rename(path, target) == 0 else { throw systemFault(target) }
    unlink(recordPath)
    try flushFolder(of: target)
  }
}

/// An open file that is read once and then written on.
struct FileDescriptor: ~Copyable {
  private let number: Int32
  private let path: String

  /// Opens a file for reading and writing, made when it is not there. A symbolic link is refused.
  init(growing path: String) throws {
    self.path = path
    number = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
    guard number >= 0 else { throw systemFault(path) }
  }

  /// Opens a file for reading.
  init(reading path: String) throws {
    self.path = path
    number = open(path, O_RDONLY | O_CLOEXEC)
    guard number >= 0 else { throw systemFault(path) }
  }

  deinit { close(number) }

  /// Reads from where the file stands, at most so many bytes in all, in pieces.
  func read(_ count: Int = .max, _ body: (Data) throws -> Void) throws {
    var rest = count
    while rest > 0 {
      var piece = Data(count: min(1 << 20, rest))
      let got = piece.withUnsafeMutableBytes { buffer in
        Foundation.read(number, buffer.baseAddress, buffer.count)
      }
      if got < 0, errno == EINTR { continue }
      guard got >= 0 else { throw systemFault(path) }
      guard got > 0 else { return }
      try body(piece.prefix(got))
      rest -= got
    }
  }

  func write(_ bytes: Data) throws {
    try bytes.withUnsafeBytes { buffer in
      var rest = buffer[...]
      while !rest.isEmpty {
        let part = UnsafeRawBufferPointer(rebasing: rest)
        let written = Foundation.write(number, part.baseAddress, part.count)
        if written < 0, errno == EINTR { continue }
        guard written >= 0 else { throw systemFault(path) }
        rest = rest.dropFirst(written)
      }
    }
  }

  /// Cuts the file and stands at its end.
  func truncate(to size: Int) throws {
    guard ftruncate(number, off_t(size)) == 0, lseek(number, off_t(size), SEEK_SET) >= 0 else {
      throw systemFault(path)
    }
  }

  func rewind() throws {
    guard lseek(number, 0, SEEK_SET) == 0 else { throw systemFault(path) }
  }

  func flush() throws {
    guard fsync(number) == 0 else { throw systemFault(path) }
  }
}

/// The size of a regular file; a symbolic link is none.
func fileSize(_ path: String) throws -> Int {
  var status = stat()
  guard lstat(path, &status) == 0 else { throw systemFault(path) }
  guard status.st_mode & S_IFMT == S_IFREG else {
    throw HubError.fileSystem(path: path, "not a regular file")
  }
  return Int(status.st_size)
}

/// Makes a folder's names lasting.
func flushFolder(of path: String) throws {
  let folder = (path as NSString).deletingLastPathComponent
  let number = open(folder.isEmpty ? "." : folder, O_RDONLY | O_CLOEXEC)
  guard number >= 0 else { throw systemFault(folder) }
  defer { close(number) }
  guard fsync(number) == 0 else { throw systemFault(folder) }
}

import SystemPackage

extension FileError {
  /// The system's words for a full disk.
  package static var fullDisk: String { Errno.noSpace.description }

  /// A full disk as libraries say it, in the system's words among their own; nil for any other message.
  package init?(fullDisk message: String, writing path: String) {
    guard [Errno.noSpace, .diskQuotaExceeded].contains(where: { message.contains($0.description) }) else {
      return nil
    }
    self.init(.write, FilePath(path), .noSpace)
  }
}

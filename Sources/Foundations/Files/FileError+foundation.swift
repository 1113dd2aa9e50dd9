package import Foundation
import SystemPackage

extension FileError {
  /// The fault of a file behind an error of Foundation, which describes itself as programs would have it; nil where
  /// there is none.
  package init?(_ error: any Error) {
    guard let cocoa = error as? CocoaError, let reason = Reason(error) else { return nil }
    // Foundation numbers what fails in reading below 512, and in writing from there on.
    let reads = cocoa.code.rawValue < 512
    // What was copied names both files.
    let target = reads ? nil : cocoa.userInfo["NSDestinationFilePath"] as? String
    guard let path = target ?? cocoa.filePath else { return nil }
    self.init(reads ? .read : .write, FilePath(path), reason)
  }
}

extension FileError {
  /// A full disk as Foundation says it; nil for any other error. To try again may do, so it is to be told from others.
  package init?(fullDisk error: any Error) {
    guard Reason(error) == .noSpace else { return nil }
    self = FileError(error) ?? FileError(.write, "", .noSpace)
  }
}

extension FileError.Reason {
  /// The system's reason behind an error of Foundation; nil where it has none.
  package init?(_ error: any Error) {
    // It stands there as either of two types, which turn into each other on Apple's systems only.
    switch (error as? CocoaError)?.userInfo[NSUnderlyingErrorKey] {
    case let cause as POSIXError: self.init(Errno(rawValue: CInt(cause.code.rawValue)))
    case let cause as NSError where cause.domain == NSPOSIXErrorDomain:
      self.init(Errno(rawValue: CInt(cause.code)))
    default:
      guard (error as? CocoaError)?.code == .fileWriteOutOfSpace else { return nil }
      self = .noSpace
    }
  }
}

extension FileSystem {
  /// Makes a folder and those above it, where they do not exist yet.
  package func createFolder(_ folder: URL) throws { try createFolder(FilePath(folder)) }
}

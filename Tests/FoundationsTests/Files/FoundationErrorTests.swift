import FileTesting
import Foundation
import SystemPackage
import Testing

@testable import Foundations

@Suite("Errors of Foundation")
struct FoundationErrorTests {
  private func words(_ action: (TemporaryFolder) throws -> Void) throws -> String {
    let folder = try TemporaryFolder()
    try Data("x".utf8).write(to: folder["file"])
    let error = try #require(throws: (any Error).self) { try action(folder) }
    return try #require(FileError(error)).description.replacing(folder.url.systemPath, with: "/")
  }

  @Test("are said as our own are: what failed, on which file, and why")
  func said() throws {
    #expect(
      try words {
        try FileManager.default.createDirectory(at: $0["file/a/b"], withIntermediateDirectories: true)
      }.hasSuffix("a part of its path is no folder"))
    #expect(
      try words { _ = try Data(contentsOf: $0["none"]) }
        == "cannot read /none: there is no such file or folder"
    )
    #expect(
      try words { try FileManager.default.copyItem(at: $0["file"], to: $0["no/b"]) }
        .hasSuffix("there is no such file or folder"))
  }

  @Test("of a full disk name the file that was written, and may pass")
  func full() throws {
    let cause = NSError(domain: NSPOSIXErrorDomain, code: Int(ENOSPC))
    let error = CocoaError(
      .fileWriteOutOfSpace,
      userInfo: [
        NSFilePathErrorKey: "/tmp/a", "NSDestinationFilePath": "/store/b", NSUnderlyingErrorKey: cause,
      ])
    #expect(FileError(error) == FileError(.write, "/store/b", .noSpace))
    #expect(FileError(error)?.reason.isPassing == true)
    #expect(FileError(fullDisk: error) == FileError(error))
    // A file handle's names no file and has no cause.
    #expect(FileError(fullDisk: CocoaError(.fileWriteOutOfSpace))?.reason == .noSpace)
    #expect(FileError(fullDisk: CocoaError(.fileReadNoSuchFile)) == nil)
    #expect(FileError(CocoaError(.coderInvalidValue)) == nil && FileError(Errno.noSpace) == nil)
  }
}

import FileTesting
import Foundations
import Foundation
import Synchronization
import Testing

@Suite struct AtomicFileTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  @Test("bytes, a copy and a library's file replace what was there")
  func replaces() throws {
    let target = folder["a.png"]
    try AtomicFile(target).write(Data("one".utf8))
    #expect(try Data(contentsOf: target) == Data("one".utf8))
    try Data(repeating: 7, count: 3_000_000).write(to: folder["source"])
    try AtomicFile(target).copy(folder["source"])
    #expect(try Data(contentsOf: target) == Data(repeating: 7, count: 3_000_000))
    try AtomicFile(target).write { temporary in
      #expect(temporary.pathExtension == "png")
      try Data("three".utf8).write(to: temporary)
    }
    #expect(try Data(contentsOf: target) == Data("three".utf8))
    #expect(try folder.names == ["a.png", "source"])
  }

  @Test(
    "a failure leaves the old file and nothing else, and says what and why",
    arguments: [FileError.Operation.create, .write, .sync, .rename], [FileError.Reason.noSpace, .readOnly])
  func failure(operation: FileError.Operation, reason: FileError.Reason) throws {
    let target = folder["a"]
    try Data("old".utf8).write(to: target)
    let system = FileSystem { tried, _ in tried == operation ? reason : nil }
    let error = try #require(throws: FileError.self) {
      try AtomicFile(target, system: system).write(Data("new".utf8))
    }
    #expect(error.operation == operation)
    #expect(error.reason == reason)
    #expect(try Data(contentsOf: target) == Data("old".utf8))
    #expect(try folder.names == ["a"])
  }

  @Test(
    "is flushed to disk, but not where it ends with the process or is part of a folder that is not there yet")
  func flushes() throws {
    let flushed = Mutex<[String]>([])
    let system = FileSystem { operation, path in
      if operation == .sync { flushed.withLock { $0.append(path) } }
      return nil
    }
    let scratch = try ScratchPlace()
    try AtomicFile(scratch.url.appending(path: "a"), system: system).write(Data())
    try AtomicFolder(folder["whole"]).write { part in
      try AtomicFile(part.appending(path: "a"), system: system).write(Data())
    }
    #expect(flushed.withLock { $0 } == [])
    try AtomicFile(folder["a"], system: system).write(Data())
    #expect(flushed.withLock { $0.count } == 2)
    withExtendedLifetime(scratch) {}
  }

  @Test("a body that throws leaves nothing")
  func bodyThrows() throws {
    #expect(throws: CancellationError.self) {
      try AtomicFile(folder["a"]).write { temporary in
        try Data("half".utf8).write(to: temporary)
        throw CancellationError()
      }
    }
    #expect(try folder.names == [])
  }

  @Test("a link is followed; a folder, a device and a path below a file are refused")
  func targets() throws {
    try Data("old".utf8).write(to: folder["real"])
    try FileManager.default.createSymbolicLink(at: folder["link"], withDestinationURL: folder["real"])
    try AtomicFile(folder["link"]).write(Data("new".utf8))
    #expect(try Data(contentsOf: folder["real"]) == Data("new".utf8))
    #expect(
      try FileManager.default.destinationOfSymbolicLink(atPath: folder["link"].systemPath)
        == folder["real"].systemPath)
    for (target, reason) in [
      (folder.url, FileError.Reason.isFolder), (URL(filePath: "/dev/null"), .isNotRegularFile),
      (folder["real/below"], .isNotFolder), (folder["none/below"], .noFolder),
    ] {
      let error = #expect(throws: FileError.self) { try AtomicFile(target).write(Data()) }
      #expect(error?.reason == reason, "\(target)")
    }
  }

  @Test("a folder appears with all its files, or not at all")
  func wholeFolder() throws {
    #expect(throws: CancellationError.self) {
      try AtomicFolder(folder["out"]).write { part in
        try Data().write(to: part.appending(path: "a"))
        throw CancellationError()
      }
    }
    #expect(try folder.names == [])
    try AtomicFolder(folder["out"]).write { part in try Data("a".utf8).write(to: part.appending(path: "a")) }
    #expect(try Data(contentsOf: folder["out/a"]) == Data("a".utf8))
    let taken = #expect(throws: FileError.self) { try AtomicFolder(folder["out"]).write { _ in } }
    #expect(taken?.reason == .alreadyExists)
  }
}

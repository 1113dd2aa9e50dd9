import FileTesting
import Foundation
import SystemPackage
import Testing

@testable import Foundations

@Suite("What dead processes left")
struct LeftoversTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  @Test("is removed at once; what is being written, and what only looks alike, stays")
  func parts() throws {
    let system = FileSystem()
    let dead = [TemporaryName.make(extension: "png"), TemporaryName.make(extension: nil)]
    try Data("half".utf8).write(to: folder[dead[0]])
    try system.createFolder(FilePath(folder[dead[1]]).appending("below"))
    let alive = TemporaryName.make(extension: nil)
    let lock = try FileLock.claim(FilePath(folder[alive]), isFolder: false, system: system)
    let others = [
      TemporaryName.prefix + "mine", "picture.png", "x" + TemporaryName.make(extension: nil),
      TemporaryName.make(extension: nil) + "-notes",
    ]
    for name in others { try Data().write(to: folder[name]) }
    #expect(TemporaryName.removeLeftovers(in: folder.url) == 2)
    #expect(try folder.names == (others + [alive]).sorted())
    withExtendedLifetime(lock) {}
  }

  @Test("is not what another machine is at, whose locks may not be seen here, until that is a week old")
  func machines() throws {
    let others = (1...2).map { _ in TemporaryName.prefix + UUID().uuidString.lowercased() + ".png" }
    for name in others { try Data("half".utf8).write(to: folder[name]) }
    #expect(TemporaryName.removeLeftovers(in: folder.url) == 0)
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSinceNow: -8 * 24 * 3600)],
      ofItemAtPath: folder[others[0]].systemPath)
    #expect(TemporaryName.removeLeftovers(in: folder.url) == 1)
    #expect(try folder.names == [others[1]])
  }

  @Test("is not what a writer is at: files and folders that appear whole are finished meanwhile")
  func writing() throws {
    try AtomicFile(folder["a"]).write { part in
      #expect(TemporaryName.removeLeftovers(in: folder.url) == 0)
      try Data("whole".utf8).write(to: part)
      #expect(TemporaryName.removeLeftovers(in: folder.url) == 0)
    }
    try AtomicFolder(folder["b"]).write { part in
      #expect(TemporaryName.removeLeftovers(in: folder.url) == 0)
      try Data("whole".utf8).write(to: part.appending(path: "c"))
    }
    #expect(try folder.names == ["a", "b"])
    #expect(try Data(contentsOf: folder["b/c"]) == Data("whole".utf8))
  }

  @Test("in the temporary folder is removed by the next who has a place there, and nothing else is")
  func scratch() throws {
    let temporary = FileManager.default.temporaryDirectory
    let dead = temporary.appending(path: "pipeline-run-\(TemporaryName.identifier())")
    let mine = temporary.appending(path: "pipeline-run-mine-\(UUID().uuidString)")
    for url in [dead, mine] {
      try FileManager.default.createDirectory(
        at: url.appending(path: "below"), withIntermediateDirectories: true)
    }
    defer { try? FileManager.default.removeItem(at: mine) }
    let isThere = { (url: URL) in FileManager.default.fileExists(atPath: url.systemPath) }
    var first: ScratchPlace? = try ScratchPlace()
    let second = try ScratchPlace()
    let place = try #require(first?.url)
    #expect(!isThere(dead) && isThere(mine) && isThere(place) && isThere(second.url))
    first = nil
    #expect(!isThere(place) && isThere(second.url))
  }
}

import FileTesting
import Foundations
import Foundation
import Testing

@testable import PipelineKit

@Suite struct StoreFailureTests {
  @Test(
    "a full disk is said so and leaves neither entry nor temporary",
    arguments: ["manifest.jsonl", "usage"])
  func fullDisk(file: String) throws {
    let fixture = try StoreFixture(
      system: FileSystem { operation, path in
        operation == .write && path.hasSuffix(file) ? .noSpace : nil
      })
    let error = #expect(throws: FileError.self) {
      try fixture.store.insert(key("a"), bytes: Data(count: 100))
    }
    #expect(error?.reason == .noSpace)
    #expect(error?.path.hasSuffix(file) == true)
    #expect(try !fixture.store.contains(key("a")))
    #expect(try fixture.temporaries == [])
  }

  @Test(
    "a really full disk: the entry does not appear, the others stay",
    .enabled(if: TinyDisk.isAvailable, "root may mount a tmpfs"))
  func tinyDisk() throws {
    let disk = try TinyDisk(kilobytes: 256)
    let store = try Store(at: disk.folder.url, limit: 1 << 30)
    try store.insert(key("a"), bytes: Data(count: 100_000))
    let error = #expect(throws: FileError.self) {
      try store.insert(key("b"), metadata: Data()) { folder in
        try AtomicFile(folder.appending(path: "values.bin")).write(Data(count: 400_000))
      }
    }
    #expect(error?.reason == .noSpace)
    #expect(try !store.contains(key("b")))
    #expect(try store.values(key("a")) == Data(count: 100_000))
    #expect(try FileManager.default.contentsOfDirectory(atPath: disk.folder["temporary"].systemPath) == [])
  }

  @Test(
    "a store on a read-only disk is read, damage included, and says why it is not written",
    .enabled(if: TinyDisk.isAvailable, "root may mount a tmpfs"))
  func readOnlyDisk() throws {
    let disk = try TinyDisk(kilobytes: 512)
    let fixture = try Store(at: disk.folder.url, limit: 1 << 30)
    try fixture.insert(key("a"), bytes: Data("a".utf8))
    try fixture.insert(key("b"), bytes: Data("b".utf8))
    let name = key("b").description
    try disk.folder["entries/\(name.prefix(2))/\(name)/files/values.bin"].flipBit(at: 0)
    try Data().write(to: disk.folder["temporary/leftover"])
    try disk.remountReadOnly()
    let store = try Store(at: disk.folder.url, limit: 1 << 30)
    #expect(try store.values(key("a")) == Data("a".utf8))
    guard case .damaged(let damage) = try store.open(key("b")) else {
      Issue.record("the flipped byte was not noticed")
      return
    }
    #expect(damage.removalFailure?.reason == .readOnly)
    let error = #expect(throws: FileError.self) { try store.insert(key("c"), bytes: Data()) }
    #expect(error?.reason == .readOnly)
  }

  @Test("a store below a file cannot be opened, and the error names the path")
  func belowFile() throws {
    let folder = try TemporaryFolder()
    try Data().write(to: folder["file"])
    let error = #expect(throws: FileError.self) { _ = try Store(at: folder["file/store"]) }
    #expect(error?.reason == .isNotFolder)
    #expect(error?.path.hasPrefix(folder["file"].systemPath) == true)
  }

  @Test("a failing rename keeps the draft from appearing")
  func failingRename() throws {
    let fixture = try StoreFixture(
      system: FileSystem { operation, _ in operation == .rename ? .readOnly : nil })
    let error = #expect(throws: FileError.self) { try fixture.store.insert(key("a"), bytes: Data()) }
    #expect(error?.operation == .rename)
    #expect(try fixture.store.info().entries == 0)
    #expect(try fixture.temporaries == [])
  }

  @Test("the default limit is at most 20 GiB and a tenth of the disk")
  func defaultLimit() throws {
    let folder = try TemporaryFolder()
    let disk =
      try FileManager.default.attributesOfFileSystem(forPath: folder.url.systemPath)[.systemSize] as? NSNumber
    let store = try Store(at: folder.url)
    #expect(store.limit == min(20 << 30, try #require(disk).int64Value / 10))
  }
}

@Suite struct StoreLocationTests {
  func path(_ environment: [String: String]) -> String {
    StoreLocation.standard(environment: environment.merging(["HOME": "/home/me"]) { $1 }).systemPath
  }

  @Test("PIPELINE_CACHE comes first; an empty one is none")
  func override() {
    #expect(path(["PIPELINE_CACHE": "/tmp/store", "XDG_CACHE_HOME": "/x"]) == "/tmp/store/")
    #expect(path(["PIPELINE_CACHE": ""]) == path([:]))
  }

  #if !os(macOS)
    @Test("XDG_CACHE_HOME comes next, unless relative; then the home folder")
    func xdg() {
      #expect(path(["XDG_CACHE_HOME": "/x"]) == "/x/pipeline-run/")
      #expect(path(["XDG_CACHE_HOME": "x"]) == "/home/me/.cache/pipeline-run/")
      #expect(path([:]) == "/home/me/.cache/pipeline-run/")
    }
  #endif
}

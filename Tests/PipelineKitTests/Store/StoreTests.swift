import FileTesting
import Foundations
import Foundation
import Testing

@testable import PipelineKit

@Suite struct StoreTests {
  @Test("what was stored is read back, by this store and by others")
  func roundTrip() throws {
    let fixture = try StoreFixture()
    #expect(try !fixture.store.contains(key("a")))
    let entry = try fixture.store.insert(key("a"), bytes: Data("values".utf8), metadata: #"{"width":3}"#)
    #expect(entry.files.map(\.name) == ["extra/shape.txt", "values.bin"])
    #expect(entry.files.map(\.size) == [5, 6])
    let other = try fixture.reopened()
    #expect(try other.contains(key("a")))
    #expect(try other.values(key("a")) == Data("values".utf8))
    #expect(try other.metadata(of: key("a")) == Data(#"{"width":3}"#.utf8))
    #expect(try fixture.temporaries == [])
    guard case .absent = try other.open(key("b")) else {
      Issue.record("an entry that was never stored is absent")
      return
    }
  }

  @Test("an entry that could not be filled leaves nothing")
  func failingFill() throws {
    let fixture = try StoreFixture()
    #expect(throws: CancellationError.self) {
      try fixture.store.insert(key("a"), metadata: Data()) { folder in
        try Data("half".utf8).write(to: folder.appending(path: "values.bin"))
        throw CancellationError()
      }
    }
    #expect(try !fixture.store.contains(key("a")))
    #expect(try fixture.temporaries == [])
  }

  @Test("links are refused: an entry is its own bytes")
  func link() throws {
    let fixture = try StoreFixture()
    let error = #expect(throws: FileError.self) {
      try fixture.store.insert(key("a"), metadata: Data()) { folder in
        try FileManager.default.createSymbolicLink(
          at: folder.appending(path: "values.bin"), withDestinationURL: URL(filePath: "/etc/hostname"))
      }
    }
    #expect(error?.reason == .isNotRegularFile)
    #expect(try fixture.temporaries == [])
  }

  @Test("of two that store the same key the first is kept")
  func race() throws {
    let fixture = try StoreFixture()
    let draft = try fixture.store.draft(key("a"))
    try Data("second".utf8).write(to: draft.folder.appending(path: "values.bin"))
    try fixture.reopened().insert(key("a"), bytes: Data("first".utf8))
    let entry = try draft.commit(metadata: Data())
    #expect(
      try entry.withFolder { try Data(contentsOf: $0.appending(path: "values.bin")) } == Data("first".utf8))
    #expect(try fixture.temporaries == [])
  }

  @Test("a damaged entry gives way to the one that is stored anew")
  func raceWithDamaged() throws {
    let fixture = try StoreFixture()
    try fixture.store.insert(key("a"), bytes: Data("first".utf8))
    try fixture.path(of: key("a"), "files/values.bin").flipBit(at: 0)
    try fixture.store.insert(key("a"), bytes: Data("second".utf8))
    #expect(try fixture.store.values(key("a")) == Data("second".utf8))
  }

  @Test("many tasks storing and reading the same few keys never see half an entry")
  func manyTasks() async throws {
    let fixture = try StoreFixture(limit: 3000)
    let root = fixture.folder.url
    try await withThrowingTaskGroup { group in
      for task in 0..<8 {
        group.addTask {
          let store = try Store(at: root, limit: 3000)
          for round in 0..<5 {
            let name = "\((task + round) % 5)"
            try store.insert(key(name), bytes: Data(repeating: UInt8(name)!, count: 500))
            if let values = try store.values(key(name)) {
              #expect(values == Data(repeating: UInt8(name)!, count: 500))
            }
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(try fixture.store.verify().damaged == [])
    #expect(try fixture.temporaries == [])
  }

  @Test("looking up a key is one look at the disk")
  func lookups() throws {
    let looks = Counter()
    let fixture = try StoreFixture(
      system: FileSystem { operation, _ in
        looks.count(operation)
        return nil
      })
    looks.reset()
    for index in 0..<500 { _ = try fixture.store.contains(key("\(index)")) }
    #expect(looks.counts == [.inspect: 500])
  }

  @Test("the ledger keeps the last record of each name")
  func ledger() throws {
    let fixture = try StoreFixture()
    #expect(try fixture.store.ledger("/home/me/a.json") == nil)
    try fixture.store.setLedger("/home/me/a.json", to: Data("{}".utf8))
    try fixture.store.setLedger("/home/me/a.json", to: Data("[1]".utf8))
    #expect(try fixture.reopened().ledger("/home/me/a.json") == Data("[1]".utf8))
    #expect(try fixture.store.ledger("/home/me/b.json") == nil)
  }
}

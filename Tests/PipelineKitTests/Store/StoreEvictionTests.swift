import FileTesting
import Foundation
import Testing

@testable import PipelineKit

@Suite struct StoreEvictionTests {
  /// Stores entries of 1000 bytes and their manifests, each used a moment after the one before.
  func fill(_ store: Store, _ names: String...) throws {
    for name in names { try store.insert(key(name), bytes: Data(count: 1000)) }
  }

  func present(_ store: Store, of names: String...) throws -> [String] {
    try names.filter { try store.contains(key($0)) }
  }

  @Test("the entries used longest ago go first, and reading counts as use")
  func leastRecentlyUsed() throws {
    let fixture = try StoreFixture()
    try fill(fixture.store, "a", "b", "c")
    let size = try fixture.store.info().bytes / 3
    #expect(try fixture.store.values(key("a")) != nil)
    let small = try fixture.reopened(limit: size * 7 / 2)
    try fill(small, "d")
    #expect(try present(small, of: "a", "b", "c", "d") == ["a", "c", "d"])
    try fill(small, "e")
    #expect(try present(small, of: "a", "c", "d", "e") == ["a", "d", "e"])
    #expect(try fixture.temporaries == [])
  }

  @Test("verifying the whole store is no use")
  func verifyIsNoUse() throws {
    let fixture = try StoreFixture()
    try fill(fixture.store, "a")
    let before = try fixture.store.info().oldestUse
    _ = try fixture.store.verify()
    #expect(try fixture.store.info().oldestUse == before)
  }

  @Test("an entry larger than the limit stays while it is held, and goes with the next")
  func oversized() throws {
    let fixture = try StoreFixture(limit: 10)
    do {
      let held = try fixture.store.insert(key("a"), bytes: Data(count: 1000))
      try fill(fixture.store, "b")
      #expect(
        try held.withFolder { try Data(contentsOf: $0.appending(path: "values.bin")) } == Data(count: 1000))
    }
    try fill(fixture.store, "c")
    #expect(try present(fixture.store, of: "a", "b", "c") == ["c"])
  }

  @Test("what is held survives eviction and clearing; what is let go does not")
  func leases() throws {
    let fixture = try StoreFixture()
    try fill(fixture.store, "a", "b")
    do {
      guard case .present(let held) = try fixture.store.open(key("a")) else {
        Issue.record("the entry is there")
        return
      }
      #expect(try fixture.reopened().clear() == 1)
      #expect(
        try held.withFolder { try Data(contentsOf: $0.appending(path: "values.bin")) } == Data(count: 1000))
    }
    #expect(try fixture.store.clear() == 1)
    #expect(try fixture.store.info().entries == 0)
  }

  @Test("a lost count is counted anew")
  func lostCount() throws {
    let fixture = try StoreFixture()
    try fill(fixture.store, "a", "b", "c")
    let size = try fixture.store.info().bytes / 3
    try Data("rubbish".utf8).write(to: fixture.folder["usage"])
    try fill(try fixture.reopened(limit: size * 7 / 2), "d")
    #expect(try present(fixture.store, of: "a", "b", "c", "d") == ["b", "c", "d"])
  }

  @Test("the store tells what it holds; clearing forgets entries and ledger")
  func info() throws {
    let fixture = try StoreFixture(limit: 1 << 20)
    let start = Date.now
    #expect(try fixture.store.info().oldestUse == nil)
    try fill(fixture.store, "a", "b")
    try fixture.store.setLedger("document", to: Data("{}".utf8))
    let info = try fixture.store.info()
    #expect(info.entries == 2)
    #expect(info.bytes > 2010 && info.bytes < 4000)
    #expect(info.limit == 1 << 20)
    #expect(try #require(info.oldestUse).timeIntervalSince(start) > -1)
    #expect(try fixture.store.clear() == 2)
    #expect(try fixture.store.ledger("document") == nil)
    #expect(try fixture.store.info().bytes == 0)
  }
}

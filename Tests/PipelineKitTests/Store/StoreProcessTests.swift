import FileTesting
import Foundation
import Testing

@testable import PipelineKit

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The store between processes: each `processExitsWith` body runs in one of its own.
@Suite struct StoreProcessTests {
  @Test("two processes storing the same keys at once both succeed, and each entry is whole")
  func twoProcesses() async throws {
    let fixture = try StoreFixture()
    let root = fixture.folder.url
    async let first = #expect(processExitsWith: .success) { [root = root as URL] in try storeTwenty(in: root)
    }
    async let second = #expect(processExitsWith: .success) { [root = root as URL] in try storeTwenty(in: root)
    }
    _ = await (first, second)
    #expect(try fixture.store.verify() == StoreVerification(checked: 20, damaged: []))
    #expect(try fixture.store.info().entries == 20)
    #expect(try fixture.temporaries == [])
  }

  @Test("what a killed process was writing is gone when the store is next opened")
  func killed() async throws {
    let fixture = try StoreFixture()
    let root = fixture.folder.url
    await #expect(processExitsWith: .signal(SIGKILL)) { [root = root as URL] in
      let draft = try Store(at: root, limit: 1 << 30).draft(key("a"))
      try Data(count: 1000).write(to: draft.folder.appending(path: "values.bin"))
      kill(getpid(), SIGKILL)
      _ = draft.folder
    }
    #expect(try fixture.temporaries.count == 1)
    let draft = try fixture.store.draft(key("b"))
    let reopened = try fixture.reopened()
    #expect(try fixture.temporaries.count == 1, "the draft of a living writer stays")
    try draft.commit(metadata: Data())
    #expect(try reopened.contains(key("b")))
    #expect(try !reopened.contains(key("a")))
    #expect(try fixture.temporaries == [])
  }

  @Test("another process cannot evict what this one holds")
  func heldAcrossProcesses() async throws {
    let fixture = try StoreFixture()
    let root = fixture.folder.url
    let held = try fixture.store.insert(key("held"), bytes: Data("held".utf8))
    try fixture.store.insert(key("free"), bytes: Data("free".utf8))
    await #expect(processExitsWith: .success) { [root = root as URL] in
      let store = try Store(at: root, limit: 1 << 30)
      try #require(try store.clear() == 1)
    }
    #expect(
      try held.withFolder { try Data(contentsOf: $0.appending(path: "values.bin")) } == Data("held".utf8))
    #expect(try !fixture.store.contains(key("free")))
  }
}

private func storeTwenty(in root: URL) throws {
  let store = try Store(at: root, limit: 1 << 30)
  for index in 0..<20 {
    try store.insert(key("\(index)"), bytes: Data(repeating: UInt8(index), count: 10_000))
    guard try store.values(key("\(index)")) == Data(repeating: UInt8(index), count: 10_000) else {
      throw CancellationError()
    }
  }
}

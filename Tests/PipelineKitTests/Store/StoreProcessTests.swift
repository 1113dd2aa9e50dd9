import FileTesting
import Foundation
import ProgramTesting
import Testing

@testable import PipelineKit

/// The store between processes.
@Suite struct StoreProcessTests {
  @Test("two processes storing the same keys at once both succeed, and each entry is whole")
  func twoProcesses() async throws {
    let fixture = try StoreFixture()
    let programs = try (0..<2).map { _ in try process(on: fixture, "fill") }
    for program in programs {
      let ending = try await program.end()
      #expect(ending.code == 0, "\(ending.errors)")
    }
    #expect(try fixture.store.verify() == StoreVerification(checked: 20, damaged: []))
    #expect(try fixture.store.info().entries == 20)
    #expect(try fixture.temporaries == [])
  }

  @Test("what a killed process was writing is gone when the store is next opened")
  func killed() async throws {
    let fixture = try StoreFixture()
    #expect(try await process(on: fixture, "die").end().code == SIGKILL)
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
    let held = try fixture.store.insert(key("held"), bytes: Data("held".utf8))
    try fixture.store.insert(key("free"), bytes: Data("free".utf8))
    #expect(try await process(on: fixture, "clear").end().text == "1\n")
    #expect(
      try held.withFolder { try Data(contentsOf: $0.appending(path: "values.bin")) } == Data("held".utf8))
    #expect(try !fixture.store.contains(key("free")))
  }

  /// Another process that does something to the same store.
  private func process(on fixture: StoreFixture, _ word: String) throws -> RunningProgram {
    try RunningProgram(
      RunningProgram.built("store-process", with: TemporaryFolder.self),
      [fixture.folder.url.systemPath, word])
  }
}

import FileTesting
import Foundations
import Foundation
import Testing

@testable import PipelineKit

@Suite struct StoreDamageTests {
  let fixture: StoreFixture

  init() throws {
    fixture = try StoreFixture()
    try fixture.store.insert(key("a"), bytes: Data(repeating: 3, count: 100_000))
    try fixture.store.insert(key("b"), bytes: Data("other".utf8))
  }

  /// A way to hurt an entry, and the words that tell of it.
  enum Harm: String, CaseIterable {
    case flippedByte = "file values.bin does not match its checksum"
    case truncated = "file values.bin has 5 bytes, 100000 were stored"
    case missingFile = "file values.bin is missing"
    case folderForFile = "file values.bin is no ordinary file"
    case linkForFile = "file values.bin cannot be read: it is a symbolic link where none is allowed"
    case missingFolder = "file extra/shape.txt is missing"
    case strangeFile = "file stranger was never stored"
    case strangeLink = "its folder cannot be read: it is no ordinary file"
    case flippedManifest = "its manifest does not match its checksum"
    case flippedSeal = "its manifest does not match its checksum "
    case emptyManifest = "its manifest does not match its checksum  "
    case missingManifest = "its manifest is missing"
    case folderForManifest = "its manifest cannot be read: it is a folder"
    case linkForManifest = "its manifest cannot be read: it is a symbolic link where none is allowed"
    case othersEntry = "its manifest is that of entry"
  }

  func inflict(_ harm: Harm) throws {
    let files = FileManager.default
    let values = fixture.path(of: key("a"), "files/values.bin")
    let manifest = fixture.path(of: key("a"), "manifest.jsonl")
    switch harm {
    case .flippedByte: try values.flipBit(at: 50_000)
    case .truncated: try Data("short".utf8).write(to: values)
    case .missingFile: try files.removeItem(at: values)
    case .folderForFile, .folderForManifest:
      let place = harm == .folderForFile ? values : manifest
      try files.removeItem(at: place)
      try files.createDirectory(at: place, withIntermediateDirectories: false)
    case .linkForFile, .linkForManifest:
      let place = harm == .linkForFile ? values : manifest
      try files.moveItem(at: place, to: fixture.folder["elsewhere"])
      try files.createSymbolicLink(at: place, withDestinationURL: fixture.folder["elsewhere"])
    case .missingFolder: try files.removeItem(at: fixture.path(of: key("a"), "files"))
    case .strangeFile: try Data().write(to: fixture.path(of: key("a"), "files/stranger"))
    case .strangeLink:
      try files.createSymbolicLink(
        at: fixture.path(of: key("a"), "files/stranger"), withDestinationURL: fixture.folder["elsewhere"])
    case .flippedManifest: try manifest.flipBit(at: 20)
    case .flippedSeal: try manifest.flipBit(at: -10)
    case .emptyManifest: try Data().write(to: manifest)
    case .missingManifest: try files.removeItem(at: manifest)
    case .othersEntry:
      let entry = fixture.path(of: key("a"), "")
      try files.removeItem(at: entry)
      try files.copyItem(at: fixture.path(of: key("b"), ""), to: entry)
    }
  }

  @Test(
    "a damaged entry is never handed out, is named, removed, and can be stored anew", arguments: Harm.allCases
  )
  func heals(harm: Harm) throws {
    try inflict(harm)
    guard case .damaged(let damage) = try fixture.store.open(key("a")) else {
      Issue.record("\(harm) was not noticed")
      return
    }
    #expect(damage.reason.hasPrefix(harm.rawValue.trimmingCharacters(in: .whitespaces)))
    #expect(damage.removalFailure == nil)
    #expect(try !fixture.store.contains(key("a")))
    #expect(try fixture.temporaries == [])
    try fixture.store.insert(key("a"), bytes: Data("new".utf8))
    #expect(try fixture.store.values(key("a")) == Data("new".utf8))
    #expect(try fixture.store.values(key("b")) == Data("other".utf8))
  }

  @Test("any flipped byte of a manifest is noticed")
  func everyManifestByte() throws {
    let manifest = fixture.path(of: key("b"), "manifest.jsonl")
    let sealed = try Data(contentsOf: manifest)
    for offset in sealed.indices {
      var flipped = sealed
      flipped[offset] ^= 1
      #expect(throws: StoreFlaw.self) { try StoreManifest(sealed: flipped) }
    }
  }

  @Test("verify finds the damaged among all entries and removes them alone")
  func verify() throws {
    try inflict(.flippedByte)
    let found = try fixture.store.verify()
    #expect(found.checked == 2)
    #expect(found.damaged.map(\.key) == [key("a")])
    #expect(try fixture.store.verify() == StoreVerification(checked: 1, damaged: []))
  }

  @Test("verifying can be cancelled, which harms nothing")
  func cancelled() throws {
    #expect(throws: CancellationError.self) {
      _ = try fixture.store.open(key("a")) { throw CancellationError() }
    }
    #expect(try fixture.store.contains(key("a")))
  }

  @Test("a machine out of file handles is no damage")
  func tooManyFiles() throws {
    let store = try Store(
      at: fixture.folder.url, limit: 1 << 30,
      system: FileSystem { operation, path in
        operation == .open && path.hasSuffix("values.bin") ? .tooManyOpenFiles : nil
      })
    let error = #expect(throws: FileError.self) { _ = try store.open(key("a")) }
    #expect(error?.reason == .tooManyOpenFiles)
    #expect(try fixture.store.contains(key("a")))
  }
}

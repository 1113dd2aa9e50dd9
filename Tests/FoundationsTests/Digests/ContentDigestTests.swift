import FileTesting
import Foundations
import Foundation
import Testing

@testable import Foundations

@Suite struct ContentDigestTests {
  /// FIPS 180-2, appendix B.1.
  let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

  @Test("bytes, pieces and files hash as SHA-256 says")
  func knownAnswer() throws {
    let folder = try TemporaryFolder()
    try Data("abc".utf8).write(to: folder["abc"])
    var hasher = ContentHasher()
    hasher.update(Data("a".utf8))
    hasher.update(Data("bc".utf8))
    #expect(ContentDigest(of: Data("abc".utf8)).description == abc)
    #expect(hasher.finalize().description == abc)
    #expect(try ContentDigest(ofFile: folder["abc"]).description == abc)
  }

  @Test("the text reads back, is ordered as the digest, and survives JSON")
  func text() throws {
    let digest = try #require(ContentDigest(abc))
    #expect(ContentDigest(bytes: digest.bytes) == digest)
    let others = (0..<50).map { ContentDigest(of: Data("\($0)".utf8)) }
    #expect(others.sorted().map(\.description) == others.map(\.description).sorted())
    #expect(try JSONDecoder().decode([ContentDigest].self, from: JSONEncoder().encode(others)) == others)
  }

  @Test(
    "what is no digest is refused",
    arguments: ["", "ab", String(repeating: "g", count: 64), String(repeating: "A", count: 64)])
  func refused(text: String) { #expect(ContentDigest(text) == nil) }

  @Test("hashing a file of many pieces can be cancelled between them")
  func cancelled() throws {
    let folder = try TemporaryFolder()
    try Data(count: 3 << 20).write(to: folder["large"])
    var pieces = 0
    #expect(throws: CancellationError.self) {
      try ContentDigest(ofFile: folder["large"]) {
        pieces += 1
        if pieces == 2 { throw CancellationError() }
      }
    }
    #expect(pieces == 2)
  }

  @Test("a folder and a missing file are distinguished")
  func unreadable() throws {
    let folder = try TemporaryFolder()
    let missing = try #require(throws: FileError.self) { try ContentDigest(ofFile: folder["none"]) }
    #expect(missing.reason == .notFound)
    #expect(missing.path == folder["none"].systemPath)
    let isFolder = try #require(throws: FileError.self) { try ContentDigest(ofFile: folder.url) }
    #expect(isFolder.reason == .isFolder)
  }

  @Test("needs no alignment beyond what asynchronous functions give")
  func alignment() { #expect(MemoryLayout<ContentDigest>.alignment <= 16) }
}

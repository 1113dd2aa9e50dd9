import Foundation
import Testing

@testable import ModelHub

@Suite("what a repository lists")
struct ListingTests {
  @Test(
    "paths that could leave the folder or hide in it are refused",
    arguments: [
      "", "/etc/passwd", "..", "../x", "unet/../../x", "unet//x", "./x", "unet/", "a\u{0}b", "a\nb", "a\\b",
      "model\u{202E}srotensafes.exe", "a\u{2066}b", "unet/\u{200B}x", "a\u{2028}b", "\u{FEFF}a",
      String(repeating: "a", count: 256), String(repeating: "a/", count: 600) + "a",
    ])
  func hostilePaths(_ path: String) {
    #expect(throws: HubError.self) { try RepositoryPath(path) }
  }

  @Test("ordinary paths are taken apart")
  func ordinaryPaths() throws {
    let path = try RepositoryPath("unet/config.json")
    #expect(path.folder == "unet" && path.name == "config.json" && path.description == "unet/config.json")
    #expect(try RepositoryPath("..a/b..c").components == ["..a", "b..c"])
  }

  private func file(_ path: String) throws -> RemoteFile {
    RemoteFile(path: try RepositoryPath(path), url: URL(string: "http://h/\(path)")!, size: 1, checksum: nil)
  }

  @Test(
    "a path listed twice, in other letters or as another's folder is refused",
    arguments: [["a", "a"], ["unet/a", "Unet/A"], ["unet", "unet/a"]])
  func duplicates(_ paths: [String]) throws {
    let files = try paths.map(file)
    #expect(throws: HubError.self) { try Listing(files) }
  }

  @Test("git names the empty blob and SHA-256 the empty text as everybody knows them, in pieces too")
  func checksums() {
    #expect(
      ChecksumHasher(like: .gitBlob(""), size: 0).finish()
        == .gitBlob("e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"))
    var hasher = ChecksumHasher(like: .sha256(""), size: nil)
    Data("a".utf8).withUnsafeBytes { hasher.update($0) }
    Data("bc".utf8).withUnsafeBytes { hasher.update($0) }
    #expect(
      hasher.finish() == .sha256("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"))
    var blob = ChecksumHasher(like: .gitBlob(""), size: 6)
    Data("hello\n".utf8).withUnsafeBytes { blob.update($0) }
    #expect(blob.finish() == .gitBlob("ce013625030ba8dba906f756967f9e9ca394464a"))
  }
}

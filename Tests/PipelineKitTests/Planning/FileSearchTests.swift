import FileTesting
import Foundation
import PipelineKit
import Testing

@Suite("The search for a picture's files")
struct FileSearchTests {
  private let root = FileManager.default.temporaryDirectory.appending(
    path: "search-\(UUID())", directoryHint: .isDirectory)

  private func write(_ text: String, to path: String) throws -> String {
    let file = root.appending(path: path)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
    return try ContentDigest(ofFile: file).description
  }

  private func search(_ folders: [String] = ["work"]) -> FileSearch {
    FileSearch(
      folders: folders.map { root.appending(path: $0, directoryHint: .isDirectory) },
      beside: root.appending(path: "a/b/picture.png"))
  }

  private func path(_ finding: FileSearch.Finding) -> String? {
    guard case .same(let url) = finding else { return nil }
    return url.standardizedFileURL.path.replacing(root.standardizedFileURL.path, with: "")
  }

  @Test("goes by content before nearness: beside, above, by its last name, under another name")
  func places() throws {
    defer { try? FileManager.default.removeItem(at: root) }
    let digest = try write("scene", to: "a/pictures/scene.png")
    _ = try write("another scene", to: "work/pictures/scene.png")
    #expect(path(search().find("pictures/scene.png", digest: digest)) == "/a/pictures/scene.png")
    try FileManager.default.moveItem(
      at: root.appending(path: "a/pictures/scene.png"), to: root.appending(path: "scene.png"))
    #expect(path(search().find("pictures/scene.png", digest: digest)) == "/scene.png")
    try FileManager.default.createDirectory(
      at: root.appending(path: "a/b"), withIntermediateDirectories: true)
    try FileManager.default.moveItem(
      at: root.appending(path: "scene.png"), to: root.appending(path: "a/b/renamed.jpg"))
    #expect(path(search().find("pictures/scene.png", digest: digest)) == "/a/b/renamed.jpg")
  }

  @Test("another content counts only where the path leads from the first folder; a folder is no file")
  func others() throws {
    defer { try? FileManager.default.removeItem(at: root) }
    let digest = String(repeating: "0", count: 64)
    _ = try write("scene", to: "a/scene.png")
    _ = try write("folder", to: "work/folder.png/content")
    #expect(search().find("scene.png", digest: digest) == .nothing)
    #expect(search().find("folder.png", digest: digest) == .nothing)
    guard case .other = search(["a", "work"]).find("scene.png", digest: digest) else {
      return #expect(Bool(false))
    }
  }
}

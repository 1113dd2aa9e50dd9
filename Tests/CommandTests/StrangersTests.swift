import Foundation
import Imaging
import PipelineKit
import Testing

@Suite("replay of a picture from a stranger")
struct StrangersTests {
  /// Rewrites the document in a picture's provenance.
  private func forge(_ picture: String, _ change: (inout [String: JSONValue]) -> Void) throws {
    let text = try #require(try PNGFile(path: picture).texts.first { $0.text.contains("provenanceVersion") })
    var provenance = try #require(try JSONValue(parsing: text.text).object)
    var document = try #require(provenance["document"]?.object)
    var stages = try #require(document["stages"]?.object)
    change(&stages)
    document["stages"] = .object(stages)
    provenance["document"] = .object(document)
    var options = SaveOptions()
    options.texts = [
      PNGText(
        keyword: text.keyword,
        text: String(decoding: JSONWriter.canonical(.object(provenance)), as: UTF8.self))
    ]
    let image = try Image.load(from: picture)
    try image.write(to: picture + ".new.png", as: .png, options: options)
    try FileManager.default.removeItem(atPath: picture)
    try FileManager.default.moveItem(atPath: picture + ".new.png", toPath: picture)
  }

  @Test("writes the one picture that was asked for, and lists what else its document would write")
  func writesOne() async throws {
    let place = try Workplace()
    try place.furnish()
    _ = try await place.run("paste.json")
    try FileManager.default.createDirectory(
      at: place.folder.appending(path: "tmp"), withIntermediateDirectories: true)
    let picture = place.path("out/result.png")
    try forge(picture) { stages in
      stages["loot"] = [
        "use": "image.save", "in": ["image": "scene.image"], "set": ["path": "loot.png"],
      ]
      stages["far"] = [
        "use": "mask.save", "in": ["mask": "hole.mask"], "set": ["path": "../far\u{1b}.png"],
      ]
    }
    let before = try Set(FileManager.default.subpathsOfDirectory(atPath: place.folder.path)).filter {
      !$0.hasPrefix(".std")
    }
    for out in [[], ["--out", "again.png"]] {
      let run = try await place.shell(
        "TMPDIR=\(place.path("tmp")) $0 replay out/result.png " + out.joined(separator: " "))
      #expect(run.code == 0, "\(run.errors)")
      #expect(run.text.contains("not written  far (mask.save): ../far.png\n"), "\(run.text)")
      #expect(run.text.contains("not written  loot (image.save): loot.png\n"), "\(run.text)")
      #expect(run.text.contains("the same pixels"), "\(run.text)")
      let after = try Set(FileManager.default.subpathsOfDirectory(atPath: place.folder.path)).filter {
        !$0.hasPrefix(".std")
      }
      #expect(after == before.union(out.dropFirst()))
    }
  }
}

import Foundation
import Imaging
import PipelineKit
import ProgramTesting
import Testing

@Suite("pipeline-run pairs")
struct PairsTests {
  /// Three pictures, one of them cut short, and COCO's annotations for them; a box lies outside its picture.
  private func furnish(_ place: Workplace) throws {
    for index in 1...3 {
      let values = (0..<96 * 64 * 3).map { UInt8(($0 * (index + 6) + $0 / 96) % 251) }
      try Image(pixels: values, width: 96, height: 64, bands: 3).write(to: place.path("p\(index).png"))
    }
    try place.write("p3.png", Array(try place.read("p3.png").prefix(900)))
    let images = (1...3).map { #"{"id": \#($0), "file_name": "p\#($0).png", "width": 96, "height": 64}"# }
    let boxes = [
      (1, "[20, 16, 40, 30]"), (2, "[4, 8, 30, 40]"), (2, "[80, 8, 40, 40]"), (3, "[9, 9, 40, 40]"),
    ]
    let annotations = boxes.map { #"{"image_id": \#($0.0), "category_id": 1, "bbox": \#($0.1)}"# }
    try place.write(
      "instances.json",
      """
      {"images": [\(images.joined(separator: ","))], "annotations": [\(annotations.joined(separator: ","))],
       "categories": [{"id": 1, "name": "cup"}]}
      """)
  }

  private static let arguments = [
    "pairs", "--coco", "instances.json", "--pictures", ".", "--out", "pairs", "--size", "48",
  ]

  /// Contents of a tar file of plain entries.
  private func entries(_ bytes: Data) -> [String: [UInt8]] {
    let bytes = [UInt8](bytes)
    var entries: [String: [UInt8]] = [:]
    var position = 0
    while position < bytes.count, bytes[position] != 0 {
      let name = String(decoding: bytes[position..<(position + 100)].prefix { $0 != 0 }, as: UTF8.self)
      let digits = String(decoding: bytes[(position + 124)..<(position + 135)], as: UTF8.self)
      let size = Int(digits, radix: 8) ?? 0
      entries[name] = Array(bytes[(position + 512)..<(position + 512 + size)])
      position += 512 + (size + 511) / 512 * 512
    }
    return entries
  }

  @Test("a data set becomes shards and a report; damage and boxes outside are named, not fatal")
  func writes() async throws {
    let place = try Workplace()
    try furnish(place)
    let run = try await place.run(Self.arguments)
    #expect(run.code == 0, "\(run.errors)")
    let report = try JSONValue(parsing: run.text)
    #expect(report["pairs"] == 2 && report["skipped"] == ["boxOutside": 1, "unreadable": 1])
    #expect(report["problems"]?.array?.compactMap { $0["picture"]?.string } == ["p2.png", "p3.png"])
    #expect(try place.read("pairs/report.json") == run.output)
    let names = entries(try place.read("pairs/pairs-000000.tar")).keys.sorted()
    let parts = ["json", "mask.png", "reference.png", "scene.png", "target.png"]
    #expect(names == ["000000000", "000000001"].flatMap { key in parts.map { "\(key).\($0)" } })
    let again = try await place.run(Self.arguments)
    #expect(
      again.code == 0 && again.errors.contains("kept from an earlier run") && again.output == run.output)
  }

  @Test("the document training-pair.json makes the same pixels of a pair's seed and box")
  func document() async throws {
    let place = try Workplace()
    try furnish(place)
    _ = try await place.run(Self.arguments)
    let entries = entries(try place.read("pairs/pairs-000000.tar"))
    for key in ["000000000", "000000001"] {
      let json = try JSONValue(parsing: String(decoding: try #require(entries["\(key).json"]), as: UTF8.self))
      let source = try #require(json["source"]?.string)
      let box = String(decoding: JSONWriter.canonical(try #require(json["box"])), as: UTF8.self)
      let run = try await place.run(
        Workplace.repository.appending(path: "Pipelines/training-pair.json").path, "--param",
        "photo=\(place.path(source))",
        "--param", "box=\(box)", "--param", "seed=\(try #require(json["seed"]?.integer))", "--param",
        "size=48",
        "--out", key, "--allow-path", place.folder.path, "--quiet")
      #expect(run.code == 0, "\(run.errors)")
      for part in ["scene", "reference", "mask", "target"] {
        let stored = try Image.load(from: try #require(entries["\(key).\(part).png"]))
        #expect(try Image.load(from: place.path("\(key)/\(part).png")).hasSamePixels(as: stored), "\(part)")
      }
    }
  }

  @Test("the document runs as it stands, and twice gives the same bytes")
  func standing() async throws {
    let place = try Workplace()
    let document = Workplace.repository.appending(path: "Pipelines/training-pair.json").path
    for out in ["one", "two"] {
      let run = try await place.run(document, "--no-cache", "--out", out)
      #expect(run.code == 0, "\(run.errors)")
    }
    for name in ["scene.png", "reference.png", "mask.png", "target.png", "choices.json", "placement.json"] {
      #expect(try place.read("one/\(name)") == place.read("two/\(name)"), "\(name)")
    }
  }

  @Test(
    "GNU tar and Python read the shards",
    .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/python3")))
  func readers() async throws {
    let place = try Workplace()
    try furnish(place)
    _ = try await place.run(Self.arguments)
    let shard = place.path("pairs/pairs-000000.tar")
    let listed = try await place.shell("tar --warning=no-timestamp -tf \(shard)").text
    let read = try await place.start(
      ["-c", "import tarfile,sys\nfor m in tarfile.open(sys.argv[1]): print(m.name)", shard],
      program: URL(filePath: "/usr/bin/python3")
    ).end().text
    #expect(listed == read && listed.split(separator: "\n").count == 10)
  }

  @Test("wrong use is an error that says what to do")
  func refusals() async throws {
    let place = try Workplace()
    try furnish(place)
    let cases: [([String], Int32, String)] = [
      (["--out", "o", "--pictures", "."], 2, "either --coco or --open-images"),
      (["--coco", "none.json", "--out", "o", "--pictures", "."], 4, "none.json: it cannot be read"),
      (["--coco", "p1.png", "--out", "o", "--pictures", "."], 4, "p1.png: byte 0"),
      (["--coco", "instances.json", "--out", "o", "--pictures", "nowhere"], 4, "no folder of pictures"),
      (
        ["--coco", "instances.json", "--out", "o", "--pictures", ".", "--size", "0"], 2,
        "--size is at least 1"
      ),
      (["--coco", "instances.json", "--out", "o", "--pictures", ".", "--free-form", "2"], 2, "from 0 to 1"),
    ]
    for (arguments, code, words) in cases {
      let run = try await place.run(["pairs"] + arguments)
      #expect(run.code == code && run.errors.contains(words), "\(arguments): \(run.code) \(run.errors)")
    }
    _ = try await place.run(Self.arguments)
    let mixed = try await place.run(Self.arguments + ["--seed", "9"])
    #expect(mixed.code == 4 && mixed.errors.contains("other settings (seed)"))
  }
}

import Foundation
import Imaging
import Testing

@Suite("the command harmonizes")
struct HarmonizingTests {
  private static let fixtures = Workplace.repository.appending(
    path: "Tests/ParityTests/Fixtures/harmonization")

  private static func document(_ name: String, weights: String) -> String {
    """
    {"formatVersion": 1, "stages": {
      "picture": {"use": "image.load", "set": {"path": "\(name).png"}},
      "mask": {"use": "mask.load", "set": {"path": "\(name)-mask.png", "threshold": null}},
      "harmonize": {"use": "image.harmonize", "in": {"image": "picture.image", "mask": "mask.mask"},
                    "set": {"weights": "\(weights)", "precision": "f32"}},
      "check": {"use": "measure.change",
                "in": {"before": "picture.image", "after": "harmonize.image", "mask": "mask.mask"}},
      "save": {"use": "image.save", "in": {"image": "harmonize.image"}, "set": {"path": "out.png"}},
      "report": {"use": "report.save", "in": {"report": "check.report"}, "set": {"path": "report.json"}}}}
    """
  }

  private func furnished(_ name: String) throws -> Workplace {
    let place = try Workplace()
    for file in ["\(name).png", "\(name)-mask.png", "pct-net.safetensors"] {
      try FileManager.default.copyItem(
        at: Self.fixtures.appending(path: file), to: URL(filePath: place.path(file)))
    }
    return place
  }

  @Test(
    "PCT-Net's pictures are those of torch and OpenCV, larger and smaller than what the network sees",
    arguments: ["large", "small"])
  func pictures(name: String) async throws {
    let place = try furnished(name)
    try place.write("d.json", Self.document(name, weights: "./pct-net.safetensors"))
    let ending = try await place.run("run", "d.json")
    #expect(ending.code == 0, "\(ending.errors)")
    let result = try Image.load(from: place.path("out/out.png"))
    let expected = try Image.load(from: Self.fixtures.appending(path: "\(name)-harmonized.png").path)
    let levels = try result.difference(from: expected).cast(to: .uint8).pixels(as: UInt8.self)
    // What OpenCV rounds otherwise when it makes the picture small moves the maps by as much.
    #expect(Double(levels.count { $0 <= 1 }) >= 0.999 * Double(levels.count))
    #expect(levels.max()! <= 2)
    let report = String(decoding: try place.read("out/report.json"), as: UTF8.self)
    #expect(report.contains("\"outsideIsIdentical\": true"))
    let moved = try expected.difference(from: Image.load(from: place.path("\(name).png"))).statistics()
    #expect(moved.overall.maximum > 40)
  }

  @Test("the document harmonizes what was pasted, 16 bits and opacity stay")
  func document() async throws {
    let place = try furnished("large")
    let scene = try Image.load(from: place.path("large.png")).rescaled(to: .uint16).withAlpha()
    try scene.write(to: place.path("scene.png"))
    let ending = try await place.run(
      Workplace.repository.appending(path: "Pipelines/copy-paste-harmonized.json").path, "--param",
      "weights=\(place.path("pct-net.safetensors"))", "--input", "scene=scene.png", "--input",
      "mask=large-mask.png", "--input", "exemplar=large.png", "--out", "out")
    #expect(ending.code == 0, "\(ending.errors)")
    let result = try Image.load(from: place.path("out/picture.png"))
    #expect(result.bands == 4 && result.format == .uint16)
    #expect(
      String(decoding: try place.read("out/change.json"), as: UTF8.self).contains(
        "\"outsideIsIdentical\": true"))
  }

  @Test("weights of something else, and none, are said before anything runs")
  func refusals() async throws {
    let place = try furnished("small")
    try Checkpoints.other.write(to: URL(filePath: place.path("other.safetensors")))
    for (weights, code, fault) in [
      ("./other.safetensors", 3 as Int32, "encoder.dec.0.weight"),
      ("pct-net", 5, "pipeline-run models pull pct-net"),
      ("./gone.pth", 5, "gone.pth"),
    ] {
      try place.write("d.json", Self.document("small", weights: weights))
      let ending = try await place.run("run", "d.json")
      #expect(ending.code == code, "\(ending.errors)")
      #expect(ending.errors.contains(fault), "\(ending.errors)")
      #expect(!place.exists("out"))
    }
  }
}

private enum Checkpoints {
  /// A file of weights with one number.
  static let other: Data = {
    let header = Data(#"{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#.utf8)
    return Data([UInt8(header.count), 0, 0, 0, 0, 0, 0, 0]) + header + Data([0, 0, 0, 0])
  }()
}

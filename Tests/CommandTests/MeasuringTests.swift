import Foundation
import PipelineKit
import Testing

@Suite("the command measures by networks")
struct MeasuringTests {
  private static let pictures = Workplace.repository.appending(path: "Pipelines/pictures/world").path
  private static let fixtures = Workplace.repository.appending(path: "Tests/NetworksTests/Fixtures").path

  private func document(_ weights: String, _ exemplar: String) -> String {
    """
    {"formatVersion": 1, "stages": {
      "picture": {"use": "image.load", "set": {"path": "\(Self.pictures)/bear.jpg"}},
      "exemplar": {"use": "image.load", "set": {"path": "\(Self.pictures)/\(exemplar).jpg"}},
      "measure": {"use": "measure.dino", "in": {"image": "picture.image", "exemplar": "exemplar.image"},
                  "set": {"weights": "\(weights)", "precision": "f32"}},
      "save": {"use": "report.save", "in": {"report": "measure.report"}, "set": {"path": "report.json"}}}}
    """
  }

  @Test("a picture is like itself, and less like another, to DINO and DINOv2", arguments: ["dino", "dinov2"])
  func likeness(name: String) async throws {
    let place = try Workplace()
    var similarities: [Double] = []
    for exemplar in ["bear", "car"] {
      try place.write("d.json", document("\(Self.fixtures)/\(name).weights.safetensors", exemplar))
      let ending = try await place.run("run", "d.json", "--allow-path", Workplace.repository.path)
      #expect(ending.code == 0, "\(ending.errors)")
      let report = try JSONValue(parsing: String(decoding: place.read("out/report.json"), as: UTF8.self))
      similarities.append(try #require(report["similarity"]?.number))
    }
    #expect(abs(similarities[0] - 100) < 1e-3 && similarities[1] < 99.9, "\(similarities)")
  }

  /// A report of one stage that is given the bear, another picture and a mask of its middle.
  private func report(
    _ place: Workplace, _ stage: String, _ ports: String, _ settings: String, _ exemplar: String
  ) async throws -> JSONValue {
    try place.write(
      "d.json",
      """
      {"formatVersion": 1, "stages": {
        "bear": {"use": "image.load", "set": {"path": "\(Self.pictures)/bear.jpg"}},
        "other": {"use": "image.load", "set": {"path": "\(Self.pictures)/\(exemplar).jpg"}},
        "mask": {"use": "mask.box", "in": {"scene": "bear.image"}, "set": {"box": [40, 40, 64, 50]}},
        "measure": {"use": "\(stage)", "in": {\(ports)}, "set": {\(settings), "precision": "f32"}},
        "save": {"use": "report.save", "in": {"report": "measure.report"}, "set": {"path": "report.json"}}}}
      """)
    let ending = try await place.run("run", "d.json", "--allow-path", Workplace.repository.path)
    #expect(ending.code == 0, "\(ending.errors)")
    return try JSONValue(parsing: String(decoding: place.read("out/report.json"), as: UTF8.self))
  }

  @Test("by CLIP a part is like an exemplar and a text; the authors' rule takes another part")
  func clip() async throws {
    let place = try Workplace()
    let weights = "\"weights\": \"\(Self.fixtures)/clip\""
    let ports = #""image": "bear.image", "exemplar": "other.image""#
    let same = try await report(place, "measure.clip-score", ports, weights, "bear")
    #expect(abs(try #require(same["clipScore"]?.number) - 100) < 1e-3)
    let masked = ports + #", "mask": "mask.mask""#
    let plain = try await report(place, "measure.clip-score", masked, weights, "bear")
    let authors = try await report(
      place, "measure.clip-score", masked, weights + #", "rule": "authors""#, "bear")
    let scores = try [plain, authors].map { try #require($0["clipScore"]?.number) }
    #expect(scores[0] < 100 && scores[0] != scores[1] && abs(scores[0] - scores[1]) < 10, "\(scores)")
    let text = try await report(
      place, "measure.clip-text-score", #""image": "bear.image""#, weights + #", "text": "a c""#, "car")
    #expect(try abs(#require(text["clipTextScore"]?.number)) < 100)
  }

  @Test("by LPIPS equal pictures are as near as can be, and outside a mask what it covers is no matter")
  func perceptualDistance() async throws {
    let place = try Workplace()
    try TinyEncoders.writeLPIPS(to: place.path("lpips.safetensors"))
    let weights = "\"weights\": \"\(place.path("lpips.safetensors"))\""
    let ports = #""before": "bear.image", "after": "other.image""#
    let same = try await report(place, "measure.perceptual-distance", ports, weights, "bear")
    #expect(same["lpips"]?.number == 0 && same["trunk"]?.string == "alex")
    let other = try await report(place, "measure.perceptual-distance", ports, weights, "car")
    let outside = try await report(
      place, "measure.perceptual-distance", ports + #", "mask": "mask.mask""#,
      weights + #", "part": "outside""#, "car")
    let (all, rest) = (try #require(other["lpips"]?.number), try #require(outside["lpips"]?.number))
    #expect(all > 0 && rest > 0 && rest != all, "\(all), \(rest)")
  }

  @Test("weights of another network are refused before anything runs")
  func otherWeights() async throws {
    let place = try Workplace()
    try place.write("d.json", document("\(Self.fixtures)/pct-net.weights.safetensors", "car"))
    let ending = try await place.run("run", "d.json", "--allow-path", Workplace.repository.path)
    #expect(ending.code == 3 && ending.errors.contains("/stages/measure"), "\(ending.errors)")
    #expect(!place.exists("out"))
  }
}

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

  @Test("weights of another network are refused before anything runs")
  func otherWeights() async throws {
    let place = try Workplace()
    try place.write("d.json", document("\(Self.fixtures)/pct-net.weights.safetensors", "car"))
    let ending = try await place.run("run", "d.json", "--allow-path", Workplace.repository.path)
    #expect(ending.code == 3 && ending.errors.contains("/stages/measure"), "\(ending.errors)")
    #expect(!place.exists("out"))
  }
}

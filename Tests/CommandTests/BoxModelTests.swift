import Foundation
import Imaging
import PipelineKit
import Testing

/// What the repository carries paints with no download.
@Suite("the model in the box")
struct BoxModelTests {
  private static let demo = Workplace.repository.appending(path: "Pipelines/demo.json").path
  private static let pictures = Workplace.repository.appending(path: "Pipelines/pictures/world").path

  /// The demo's picture with this exemplar, in few steps.
  private func painted(_ exemplar: String, _ place: Workplace, _ options: String...) async throws -> Image {
    let ending = try await place.run(
      [
        Self.demo, "--param", "steps=8", "--set", "paint.precision=f32", "--param",
        "exemplar=\(Self.pictures)/\(exemplar).jpg",
      ] + options)
    #expect(ending.code == 0, "\(ending.errors)")
    let report = try JSONValue(parsing: String(decoding: place.read("out/change.json"), as: UTF8.self))
    #expect(report["outside"]?["changed"]?.integer == 0, "\(report)")
    return try Image.load(from: place.path("out/picture.png")).inMemory()
  }

  @Test(
    "the demo paints in its hole alone; another exemplar, another seed and less guidance give other pictures")
  func demo() async throws {
    let place = try Workplace()
    let scene = try Image.load(from: "\(Self.pictures)/table.jpg")
    let mask = try Image.load(from: "\(Self.pictures)/table-mask.png").linear(1 / 255, 0)
    let first = try await painted("table-exemplar", place)
    #expect(place.exists("out/sheet.png"))
    let others = [
      scene, try await painted("car", place),
      try await painted("table-exemplar", place, "--param", "seed=7"),
      try await painted("table-exemplar", place, "--param", "guidance=1"),
    ]
    let share = try mask.statistics().overall.mean
    for other in others {
      let change = try first.difference(from: other).tagged(as: .multiband).multiplied(by: mask)
      #expect(try change.statistics().overall.mean / share > 2)
    }
  }
}

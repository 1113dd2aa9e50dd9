import Imaging
import PipelineKit
import Testing

@testable import Stages

@Suite("measuring likeness and seams")
struct MeasureTests {
  private func similarity(_ inputs: [String: any PortValue]) async throws -> JSONValue {
    try await outputs(of: MeasureSimilarity.self, [:], inputs.mapValues { [$0] })[MeasureSimilarity.report]
      .json
  }

  private func number(_ report: JSONValue, _ name: String) throws -> Double {
    try #require(report[name]?.number)
  }

  @Test("an exemplar in its own part of a picture is like itself, at 8 and 16 bits", arguments: [8, 16])
  func same(bits: Int) async throws {
    let exemplar = try Sample.picture(21, 34, bits: bits)
    let scene = try Sample.plain(80, 60, [10, 200, 30]).image.rescaled(to: exemplar.image.format)
      .tagged(as: exemplar.image.interpretation)
    let image = Picture(try scene.inserting(exemplar.image, x: 15, y: 9))
    let mask = try Sample.mask(80, 60, Box(x: 15, y: 9, width: 21, height: 34))
    let report = try await similarity(["image": image, "mask": mask, "exemplar": exemplar])
    #expect(try number(report, "colourDistance") < 1e-9 && number(report, "edgeSimilarity") > 0.9999)
    let whole = try await similarity(["image": image, "exemplar": exemplar])
    #expect(try number(whole, "colourDistance") > 20 && number(whole, "edgeSimilarity") < 0.9)
  }

  @Test("red and blue swapped is another colour with the same edges of lightness")
  func swapped() async throws {
    let stripes = (0..<40 * 30).flatMap { $0 % 40 / 5 % 2 == 0 ? [200, 40, 40] : [20, 20, 20] as [UInt8] }
    let red = Picture(try Image(pixels: stripes, width: 40, height: 30, bands: 3))
    let bands = try red.image.separated()
    let blue = Picture(try Image.joiningBands(bands.reversed()).tagged(as: .sRGB))
    let report = try await similarity(["image": red, "exemplar": blue])
    #expect(try number(report, "colourDistance") > 30 && number(report, "edgeSimilarity") > 0.95)
    // Turned, it has the same colours and other edges.
    let turned = Picture(try red.image.rotated(quarterTurns: 1))
    let other = try await similarity(["image": red, "exemplar": turned])
    #expect(try number(other, "colourDistance") < 1e-9 && number(other, "edgeSimilarity") < 0.2)
  }

  @Test("where the exemplar is transparent, and outside its own mask, it does not count")
  func cutOut() async throws {
    let object = try Sample.plain(20, 20, [200, 100, 50])
    let exemplar = try Sample.plain(50, 30, [0, 90, 255]).image.inserting(object.image, x: 5, y: 5)
    let silhouette = try Sample.mask(50, 30, Box(x: 5, y: 5, width: 20, height: 20))
    let masked = try await similarity([
      "image": object, "exemplar": Picture(exemplar), "exemplarMask": silhouette,
    ])
    #expect(masked == ["colourDistance": 0, "edgeSimilarity": .null])
    let cut = try await similarity([
      "image": object, "exemplar": Picture(exemplar.withAlpha(silhouette.image)),
    ])
    #expect(cut == masked)
  }

  @Test("nothing to compare, and masks of another size, are said in words")
  func refusals() async throws {
    let picture = try Sample.picture(30, 20)
    let none = try Mask(Image.filled(width: 30, height: 20, colour: [0]))
    await #expect(throws: StageFailure.self) {
      _ = try await similarity(["image": picture, "mask": none, "exemplar": picture])
    }
    let small = try Sample.mask(20, 20, Box(x: 1, y: 1, width: 5, height: 5))
    let error = await #expect(throws: StageFailure.self) {
      _ = try await similarity(["image": picture, "exemplar": picture, "exemplarMask": small])
    }
    #expect(try #require(error).description.contains("exemplarMask"))
    await #expect(throws: StageFailure.self) {
      _ = try await outputs(of: MeasureSeam.self, [:], ["image": [picture], "mask": [none]])
    }
  }

  @Test("a hard paste has a seam, also one that alpha alone makes; the untouched picture has none")
  func seam() async throws {
    let scene = try Sample.picture(90, 70).image.blurred(sigma: 6)
    let mask = try Sample.mask(90, 70, Box(x: 30, y: 20, width: 28, height: 31))
    func visibility(_ image: Image, _ distance: Int = 1) async throws -> Double {
      let report = try await outputs(
        of: MeasureSeam.self, ["distance": JSONValue(distance)], ["image": [Picture(image)], "mask": [mask]])[
          MeasureSeam.report
        ].json
      #expect(report["across"]?.number != nil && report["inside"]?.number != nil)
      return try number(report, "visibility")
    }
    #expect(abs(try await visibility(scene) - 1) < 0.2)
    let over = try scene.filled(with: [255, 240, 0])
    #expect(try await visibility(scene.painted(with: over, through: mask.image)) > 5)
    #expect(try await visibility(over.withAlpha(mask.image.inverted())) > 5)
    let soft = try scene.painted(with: over, through: mask.image.featheredInwards(width: 8))
    #expect(try await visibility(soft, 5) > visibility(scene, 5))
  }
}

import Imaging
import PipelineKit
import Testing

@testable import Stages

@Suite("stages of training pairs")
struct TrainingPairStageTests {
  @Test("a box is cut out with what lies around it, as far as the picture reaches")
  func crop() async throws {
    let picture = try Sample.picture(60, 40)
    let result = try await outputs(
      of: CropToBox.self, ["box": [3, 20, 30, 15], "padding": 10], ["image": [picture]])[CropToBox.result]
    #expect(try result.image.hasSamePixels(as: picture.image.cropped(x: 0, y: 10, width: 43, height: 30)))
    await #expect(throws: StageFailure.self) {
      _ = try await outputs(of: CropToBox.self, ["box": [60, 0, 5, 5]], ["image": [picture]])
    }
  }

  @Test("a random square keeps its box; picture and mask are cut alike, and the seed fixes it")
  func around() async throws {
    let box = Box(x: 50, y: 8, width: 20, height: 25)
    let inputs: [String: [any PortValue]] = [
      "scene": [try Sample.picture(100, 40)], "mask": [try Sample.mask(100, 40, box)], "box": [box],
    ]
    let known = try made(CropAround.self, ["size": 80]).estimate(
      StageShapes(inputs.mapValues { $0.map(\.shape) }))
    var places: Set<Box> = []
    for seed in 0..<8 {
      let settings: [String: JSONValue] = ["size": 80, "seed": JSONValue(seed), "tighten": 0]
      let result = try await outputs(of: CropAround.self, settings, inputs)
      let placement = try result[CropAround.placement]
      #expect(placement.box.width == 40 && placement.box.height == 40 && (30...50).contains(placement.box.x))
      #expect(try result[CropAround.crop].shape.sizes == known.outputs["image"]?.sizes)
      #expect(try result[CropAround.cropMask].shape.sizes == known.outputs["mask"]?.sizes)
      // Scaled by two, the hole has four times the pixels, wherever the square lies.
      let area = try result[CropAround.cropMask].image.statistics().overall.sum / 255
      #expect(abs(area - 4 * 20 * 25) < 60)
      let again = try await outputs(of: CropAround.self, settings, inputs)
      #expect(try again[CropAround.placement] == placement)
      places.insert(placement.box)
    }
    #expect(places.count > 3)
  }

  @Test("a colour fills the mask and nothing else")
  func fill() async throws {
    let picture = try Sample.picture(30, 20)
    let mask = try Sample.mask(30, 20, Box(x: 4, y: 5, width: 10, height: 6))
    let inputs: [String: [any PortValue]] = ["image": [picture], "mask": [mask]]
    let grey = try await outputs(of: FillMask.self, [:], inputs)[FillMask.result].image
    #expect(try grey.pixel(x: 8, y: 8) == [128, 128, 128])
    #expect(try grey.pixel(x: 3, y: 5) == picture.image.pixel(x: 3, y: 5))
    let red = try await outputs(of: FillMask.self, ["colour": [255, 0, 10]], inputs)[FillMask.result].image
    #expect(try red.pixel(x: 4, y: 5) == [255, 0, 10])
    await #expect(throws: StageFailure.self) {
      _ = try await outputs(of: FillMask.self, ["colour": [1, 2]], inputs)
    }
  }

  @Test("with freeForm 0 the mask is the larger box, which is the same one either way")
  func boxMask() async throws {
    let settings: [String: JSONValue] = ["box": [40, 30, 60, 50], "width": 160, "height": 120, "seed": 5]
    let plain = try await outputs(of: BezierMask.self, settings.merging(["freeForm": 0]) { $1 })
    let free = try await outputs(of: BezierMask.self, settings)
    let box = try plain[BezierMask.box]
    #expect(try free[BezierMask.box] == box)
    let expected = try Sample.mask(160, 120, box)
    #expect(try plain[BezierMask.mask].image.hasSamePixels(as: expected.image))
  }
}

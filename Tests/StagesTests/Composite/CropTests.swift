import Imaging
import PipelineKit
import Testing

@testable import Stages

@Suite("crop to the mask, and back")
struct CropTests {
  static let boxes = [
    Box(x: 0, y: 0, width: 1, height: 1), Box(x: 70, y: 40, width: 7, height: 3),
    Box(x: 10, y: 20, width: 33, height: 9),
    Box(x: 0, y: 0, width: 77, height: 43), Box(x: 50, y: 0, width: 20, height: 43),
  ]

  @Test("an unscaled crop that is pasted back gives the very same scene", arguments: boxes)
  func roundTrip(_ box: Box) async throws {
    for isSquare in [true, false] {
      let scene = try Sample.picture(77, 43, bits: 16, alpha: true)
      let mask = try Sample.mask(77, 43, box)
      let crop = try await outputs(
        of: CropToMask.self, ["size": .null, "square": .bool(isSquare), "multiple": 8, "factor": 1.5],
        ["scene": [scene], "mask": [mask]])
      let placement = try crop[CropToMask.placement]
      let image = try crop[CropToMask.crop].image
      #expect(image.width % 8 == 0 && image.height % 8 == 0 && (!isSquare || image.width == image.height))
      #expect((image.width, image.height) == (placement.width, placement.height))
      let back = try await outputs(
        of: PasteBack.self, [:], ["scene": [scene], "image": [Picture(image)], "placement": [placement]])
      #expect(try back[PasteBack.result].image.hasSamePixels(as: scene.image))
    }
  }

  @Test("the crop's mask marks all of the scene's mask", arguments: boxes)
  func maskComesAlong(_ box: Box) async throws {
    let scene = try Sample.picture(77, 43)
    let crop = try await outputs(
      of: CropToMask.self, ["size": .null, "multiple": 1],
      ["scene": [scene], "mask": [try Sample.mask(77, 43, box)]])
    let marked = try crop[CropToMask.cropMask].image.statistics().overall.sum / 255
    // Beyond the picture edge pixels are repeated, and the mask's with them.
    #expect(Int(marked) >= box.width * box.height)
    let placement = try crop[CropToMask.placement]
    #expect(placement.box.x <= box.x && placement.box.x + placement.box.width >= box.x + box.width)
  }

  @Test("a scaled crop has the size asked for, and its middle maps back to where it was")
  func scaled() async throws {
    let scene = try Sample.plain(300, 200, [10, 20, 30])
    let mask = try Sample.mask(300, 200, Box(x: 100, y: 60, width: 40, height: 60))
    let crop = try await outputs(of: CropToMask.self, ["size": 256], ["scene": [scene], "mask": [mask]])
    let placement = try crop[CropToMask.placement]
    #expect((placement.width, placement.height) == (256, 256))
    #expect(placement.box == Box(x: 60, y: 30, width: 120, height: 120))
    let white = try Sample.plain(256, 256, [255, 255, 255])
    let back = try await outputs(
      of: PasteBack.self, [:], ["scene": [scene], "image": [white], "placement": [placement]])[
        PasteBack.result
      ].image
    #expect(
      try back.pixel(x: 60, y: 30) == [255, 255, 255] && back.pixel(x: 179, y: 149) == [255, 255, 255])
    #expect(try back.pixel(x: 59, y: 30) == [10, 20, 30] && back.pixel(x: 180, y: 149) == [10, 20, 30])
  }

  @Test("an empty mask is an error that says so")
  func emptyMask() async throws {
    let mask = try Mask(Image.filled(width: 8, height: 8, colour: [0]))
    let error = await #expect(throws: StageFailure.self) {
      _ = try await outputs(of: CropToMask.self, [:], ["scene": [try Sample.picture(8, 8)], "mask": [mask]])
    }
    #expect(error?.message.contains("empty") == true)
  }
}

import Foundation
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

  /// A crop's box around a mask's box in a scene of 300×200.
  static func box(
    around box: Box, factor: Double = 2, isSquare: Bool = true, atLeast least: Int? = nil,
    atMost most: Int? = nil
  ) -> Box {
    CropRule(
      factor: factor, isSquare: isSquare, minimumSide: least, maximumSide: most, multiple: 8, size: 128
    ).placement(of: box, sceneWidth: 300, sceneHeight: 200).box
  }

  @Test("small masks get the least side around their middle, in the picture where they lie at its edge")
  func leastSide() {
    let middle = Box(x: 140, y: 90, width: 20, height: 10)
    #expect(Self.box(around: middle, atLeast: 30) == Box(x: 130, y: 75, width: 40, height: 40))
    #expect(Self.box(around: middle, atLeast: 100) == Box(x: 100, y: 45, width: 100, height: 100))
    let corner = Box(x: 290, y: 0, width: 10, height: 6)
    #expect(Self.box(around: corner, atLeast: 64) == Box(x: 236, y: 0, width: 64, height: 64))
    // No larger than a square that the picture holds, and each side as far as the picture reaches.
    #expect(Self.box(around: corner, atLeast: 1000) == Box(x: 100, y: 0, width: 200, height: 200))
    #expect(
      Self.box(around: corner, isSquare: false, atLeast: 1000) == Box(x: 0, y: 0, width: 300, height: 200))
  }

  @Test("large masks get the greatest side around them, which never cuts into them")
  func greatestSide() {
    let mask = Box(x: 100, y: 50, width: 80, height: 60)
    #expect(Self.box(around: mask, atMost: 120) == Box(x: 80, y: 20, width: 120, height: 120))
    #expect(Self.box(around: mask, atMost: 50) == Box(x: 100, y: 40, width: 80, height: 80))
    #expect(Self.box(around: mask, isSquare: false, atMost: 70) == Box(x: 100, y: 45, width: 80, height: 70))
    #expect(Self.box(around: mask, atLeast: 60, atMost: 500) == Self.box(around: mask))
  }

  @Test("a least side above the greatest is refused")
  func sidesInOrder() throws {
    #expect(throws: ParameterConflict.self) {
      try made(CropToMask.self, ["minimumSide": 100, "maximumSide": 99])
    }
  }

  @Test("an enlarged crop comes back to where it was", arguments: [(240, 1.0), (512, 0.1), (1000, 0.1)])
  func enlarged(_ size: Int, _ change: Double) async throws {
    let values = (0..<400 * 300).map { index in
      UInt8((127.5 + 127.5 * sin(2 * .pi * (Double(index % 400) + 0.5) / 16)).rounded())
    }
    let scene = Picture(try Image(pixels: values, width: 400, height: 300, bands: 1))
    let mask = try Sample.mask(400, 300, Box(x: 120, y: 100, width: 80, height: 80))
    let crop = try await outputs(
      of: CropToMask.self, ["size": JSONValue(size), "multiple": 1], ["scene": [scene], "mask": [mask]])
    let placement = try crop[CropToMask.placement]
    #expect(placement.box == Box(x: 80, y: 60, width: 160, height: 160))
    let back = try await outputs(
      of: PasteBack.self, [:],
      ["scene": [scene], "image": [crop[CropToMask.crop]], "placement": [placement]])[PasteBack.result].image
    let error = try back.difference(from: scene.image).cropped(x: 80, y: 60, width: 160, height: 160)
      .statistics().overall
    #expect(error.mean < change && error.maximum <= 3, "\(error)")
  }

  @Test("a thin line stays in the mask of a smaller crop", arguments: [1, 2, 6])
  func thinLine(_ thickness: Int) async throws {
    for y in [600, 603, 605] {
      let mask = try Sample.mask(1700, 1201, Box(x: 40, y: y, width: 1600, height: thickness))
      let crop = try await outputs(
        of: CropToMask.self, ["size": 128], ["scene": [Sample.plain(1700, 1201, [9, 9, 9])], "mask": [mask]])
      let small = try crop[CropToMask.cropMask].image
      let box = try #require(try small.thresholded(at: 128).boundsOfNonzero())
      let scale = 128 / Double(try crop[CropToMask.placement].box.width)
      #expect(Double(box.width) >= 1600 * scale && box.height <= 2)
      #expect(try small.boundsOfNonzero()?.width == box.width)
    }
  }

  @Test("an empty mask is an error that says so")
  func emptyMask() async throws {
    let mask = try Mask(Image.filled(width: 8, height: 8, colour: [0]))
    let error = await #expect(throws: StageFailure.self) {
      _ = try await outputs(of: CropToMask.self, [:], ["scene": [try Sample.picture(8, 8)], "mask": [mask]])
    }
    #expect(error?.message.contains("empty") == true)
  }

  @Test("where a crop is transparent, a scene without opacity stays")
  func transparentCrop() async throws {
    let scene = try Sample.plain(40, 30, [10, 20, 30])
    let placement = Placement(
      box: Box(x: 8, y: 4, width: 20, height: 20), sceneWidth: 40, sceneHeight: 30, width: 10, height: 10)
    let left = try Sample.mask(10, 10, Box(x: 0, y: 0, width: 5, height: 10))
    let crop = Picture(try Sample.plain(10, 10, [0, 255, 0]).image.withAlpha(left.image))
    let back = try await outputs(
      of: PasteBack.self, [:], ["scene": [scene], "image": [crop], "placement": [placement]])[
        PasteBack.result
      ].image
    #expect(!back.hasAlpha)
    #expect(try back.pixel(x: 9, y: 10) == [0, 255, 0] && back.pixel(x: 26, y: 10) == [10, 20, 30])
  }
}

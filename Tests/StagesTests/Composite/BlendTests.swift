import Imaging
import PipelineKit
import Testing

@testable import Stages

@Suite("image.blend")
struct BlendTests {
  struct Case: CustomTestStringConvertible {
    var mode: String
    var bits: Int
    var baseAlpha: Bool
    var overAlpha: Bool
    var testDescription: String { "\(mode), \(bits) bit, alpha \(baseAlpha)/\(overAlpha)" }

    static let all = ["hard", "feather", "multiband", "poisson"].flatMap { mode in
      [8, 16].flatMap { bits in
        [(false, false), (true, false), (false, true), (true, true)].map {
          Case(mode: mode, bits: bits, baseAlpha: $0.0, overAlpha: $0.1)
        }
      }
    }
  }

  @Test(
    "pixels outside the mask are bit-identical to the base, and inside something changes", arguments: Case.all
  )
  func outsideStays(_ each: Case) async throws {
    let (width, height) = (45, 31)
    let base = try Sample.picture(width, height, bits: each.bits, alpha: each.baseAlpha)
    let over = try Sample.picture(width, height, bits: 24 - each.bits, alpha: each.overAlpha, salt: 9)
    let mask = try Sample.mask(width, height, Box(x: 7, y: 5, width: 25, height: 19), isSoft: true)
    let result = try await outputs(
      of: Blend.self, ["mode": .string(each.mode)], ["base": [base], "over": [over], "mask": [mask]])[
        Blend.result
      ].image
    #expect(result.bands == base.image.bands && result.format == base.image.format)
    #expect(result.interpretation == base.image.interpretation)
    let report = try await outputs(
      of: MeasureChange.self, [:], ["before": [base], "after": [Picture(result)], "mask": [mask]])[
        MeasureChange.report]
    #expect(report.json["outsideIsIdentical"] == true)
    #expect((report.json["inside"]?["changed"]?.integer ?? 0) > 100)
  }

  @Test(
    "an empty mask is said before the other picture is there",
    arguments: ["hard", "feather", "multiband", "poisson"])
  func empty(mode: String) async throws {
    let base = try Sample.picture(20, 12)
    let mask = try Mask(Image(pixels: [UInt8](repeating: 0, count: 240), width: 20, height: 12, bands: 1))
    let error = await #expect(throws: StageFailure.self) {
      try await check(Blend.self, ["mode": .string(mode)], ["base": [base], "mask": [mask]])
    }
    #expect(error?.message.contains("empty") == true)
  }

  @Test("a hard blend takes the other picture's very values where the mask is 1")
  func hardIsExact() async throws {
    let base = try Sample.picture(20, 12)
    let over = try Sample.picture(20, 12, salt: 5)
    let box = Box(x: 3, y: 2, width: 9, height: 7)
    let result = try await outputs(
      of: Blend.self, ["mode": "hard"],
      ["base": [base], "over": [over], "mask": [try Sample.mask(20, 12, box)]])[
        Blend.result
      ].image
    let part = try result.cropped(x: 3, y: 2, width: 9, height: 7)
    #expect(try part.hasSamePixels(as: over.image.cropped(x: 3, y: 2, width: 9, height: 7)))
  }

  @Test("a gradient-domain blend of the same picture in another brightness gives the base back")
  func poissonForgetsAnOffset() async throws {
    let side = 48
    let values = (0..<side * side * 3).map { UInt8(60 + ($0 / 3 % side) + ($0 / 3 / side)) }
    let base = Picture(try Image(pixels: values, width: side, height: side, bands: 3))
    let over = Picture(try Image(pixels: values.map { $0 + 80 }, width: side, height: side, bands: 3))
    let mask = try Sample.mask(side, side, Box(x: 6, y: 9, width: 33, height: 30))
    let result = try await outputs(
      of: Blend.self, ["mode": "poisson"], ["base": [base], "over": [over], "mask": [mask]])[Blend.result]
      .image
    #expect(try result.difference(from: base.image).statistics().overall.maximum <= 1)
  }

  @Test("a multiband blend of two plain pictures is plain in the middle and never leaves their range")
  func multibandOfPlain() async throws {
    let base = try Sample.plain(96, 80, [40, 40, 40])
    let over = try Sample.plain(96, 80, [200, 200, 200])
    let mask = try Sample.mask(96, 80, Box(x: 8, y: 8, width: 80, height: 64))
    let result = try await outputs(
      of: Blend.self, ["mode": "multiband"], ["base": [base], "over": [over], "mask": [mask]])[Blend.result]
      .image
    let range = try result.statistics().overall
    #expect(range.minimum >= 40 && range.maximum <= 200)
    #expect(try result.pixel(x: 48, y: 40)[0] > 195)
  }

  @Test("pictures of different sizes are refused, both sizes named")
  func sizes() async throws {
    let base = try Sample.picture(20, 12)
    let over = try Sample.picture(21, 12)
    let mask = try Sample.mask(20, 12, Box(x: 1, y: 1, width: 2, height: 2))
    let error = await #expect(throws: StageFailure.self) {
      _ = try await outputs(of: Blend.self, [:], ["base": [base], "over": [over], "mask": [mask]])
    }
    #expect(error?.message == "'over' is 21×12, 'base' is 20×12")
  }

  @Test("a feathered blend rises inwards over the width asked for")
  func featherWidth() async throws {
    let base = try Sample.plain(40, 40, [0, 0, 0])
    let over = try Sample.plain(40, 40, [240, 240, 240])
    let mask = try Sample.mask(40, 40, Box(x: 10, y: 0, width: 30, height: 40))
    let result = try await outputs(
      of: Blend.self, ["mode": "feather", "feather": 5], ["base": [base], "over": [over], "mask": [mask]])[
        Blend.result
      ].image
    let row = try (8..<18).map { try result.pixel(x: $0, y: 20)[0] }
    #expect(row == [0, 0, 24, 72, 120, 168, 216, 240, 240, 240])
  }

  @Test(
    "that a mask covers everything is known before the other picture is there, where poisson needs the base")
  func coveringMask() async throws {
    let mask = try Mask(Image.filled(width: 20, height: 12, colour: [255]))
    let known: [String: [any PortValue]] = ["base": [try Sample.picture(20, 12)], "mask": [mask]]
    let error = await #expect(throws: StageFailure.self) {
      try await check(Blend.self, ["mode": "poisson"], known)
    }
    #expect(error?.message.contains("covers the whole picture") == true)
    let over = try Sample.picture(20, 12, salt: 3)
    for mode in ["hard", "feather", "multiband"] {
      try await check(Blend.self, ["mode": .string(mode)], known)
      let result = try await outputs(
        of: Blend.self, ["mode": .string(mode)], known.merging(["over": [over]]) { $1 })[Blend.result]
      #expect(try result.image.hasSamePixels(as: over.image), "\(mode)")
    }
  }
}

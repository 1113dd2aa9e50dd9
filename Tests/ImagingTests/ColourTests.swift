import Foundation
import Imaging
import Testing

@Suite("Colour and depth")
struct ColourTests {
  @Test("8 bits survive 16 bits and floating point; 16 bits survive floating point")
  func depths() throws {
    let eight = try Image(pixels: (0...255).map(UInt8.init), width: 256, height: 1, bands: 1)
    let sixteen = try eight.rescaled(to: .uint16)
    #expect(sixteen.interpretation == .grey16)
    #expect(try sixteen.pixels(as: UInt16.self) == (0...255).map { $0 * 257 })
    #expect(try sixteen.rescaled(to: .uint8).hasSamePixels(as: eight))
    let float = try eight.rescaled(to: .float)
    #expect(try float.pixel(x: 255, y: 0) == [1])
    #expect(try float.rescaled(to: .uint8).hasSamePixels(as: eight))
    let all = try Image(pixels: (0...65535).map(UInt16.init), width: 256, height: 256, bands: 1)
    #expect(try all.rescaled(to: .float).rescaled(to: .uint16).hasSamePixels(as: all))
  }

  @Test("casting rounds to nearest and holds to the range")
  func cast() throws {
    let values = try Image(pixels: [-3, 0.4, 0.6, 1.5, 254.6, 900] as [Float], width: 6, height: 1, bands: 1)
    #expect(try values.cast(to: .uint8).pixels(as: UInt8.self) == [0, 0, 1, 2, 255, 255])
  }

  @Test(
    "known colours have their known Lab values, in every depth",
    arguments: [SampleFormat.uint8, .uint16, .float])
  func lab(format: SampleFormat) throws {
    let red = try Image.filled(width: 3, height: 2, colour: [255, 0, 0]).rescaled(to: format)
    let lab = try red.converted(to: .lab).pixel(x: 1, y: 1)
    for (value, expected) in zip(lab, [53.24, 80.09, 67.20]) {
      #expect(abs(value - expected) < 0.1, "\(lab)")
    }
    let back = try red.converted(to: .lab).converted(to: .sRGB)
    #expect(try back.pixel(x: 0, y: 0) == [255, 0, 0] && back.format == .uint8)
  }

  @Test("opacity keeps its share through colour conversions")
  func alpha() throws {
    let picture = try Image.filled(width: 4, height: 3, colour: [10, 20, 30, 51])
    let lab = try picture.converted(to: .lab)
    let opacity = try lab.pixel(x: 0, y: 0)[3]
    #expect(lab.hasAlpha && abs(opacity - 0.2) < 1e-6)
    let wide = try picture.converted(to: .rgb16)
    #expect(try wide.pixel(x: 0, y: 0)[3] == 51 * 257)
    #expect(try wide.converted(to: .sRGB).hasSamePixels(as: picture))
  }

  @Test("an sRGB profile leaves pixels as they are; another changes them; both are gone afterwards")
  func profiles() throws {
    let picture = try Fixture.rgb()
    let srgb = try #require(
      try Vips.call("profile_load", ["name": "srgb"], permissions: .files)["profile"]?.bytes)
    let wide = try #require(
      try Vips.call("profile_load", ["name": "p3"], permissions: .files)["profile"]?.bytes)
    let same = try picture.withProfile(srgb).convertedToSRGB()
    #expect(try same.hasSamePixels(as: picture) && same.profile == nil)
    let other = try picture.withProfile(wide).convertedToSRGB()
    #expect(try !other.hasSamePixels(as: picture) && other.profile == nil)
    let saved = try Image.load(from: picture.withProfile(wide).encoded(as: .png))
    #expect(saved.profile == wide)
    let red = try Image.filled(width: 2, height: 2, colour: [255, 0, 0, 77]).withProfile(wide)
    #expect(try red.convertedToSRGB().pixel(x: 0, y: 0) == [255, 0, 0, 77])
    #expect(throws: ImagingError.self) { try picture.withProfile([1, 2, 3]).convertedToSRGB() }
  }

  @Test("flattening mixes by opacity; full opacity can be added")
  func flatten() throws {
    let half = try Image.filled(width: 2, height: 2, colour: [200, 0, 100, 128])
    let flat = try half.flattened(over: [0, 0, 0])
    #expect(flat.bands == 3 && flat.format == .uint8)
    #expect(try abs(flat.pixel(x: 0, y: 0)[0] - 200 * 128 / 255) <= 1)
    let wide = try Fixture.rgb().rescaled(to: .uint16).withAlpha()
    #expect(try wide.alpha()?.statistics().overall.minimum == 65535)
    #expect(try wide.flattened(over: [0]).hasSamePixels(as: wide.withoutAlpha()))
  }

  @Test("compositing keeps size, format and bands", arguments: [SampleFormat.uint8, .uint16])
  func composite(format: SampleFormat) throws {
    let base = try Fixture.rgb().rescaled(to: format)
    let patch = try Image.filled(width: 5, height: 4, colour: [255, 255, 255, 255]).rescaled(to: format)
    let result = try base.composited(with: patch, x: 10, y: 8)
    #expect((result.width, result.height, result.bands, result.format) == (37, 23, 3, format))
    #expect(try result.pixel(x: 12, y: 9) == Array(repeating: format.fullScale, count: 3))
    #expect(try result.pixel(x: 9, y: 9) == base.pixel(x: 9, y: 9))
  }

  @Test("metadata are read, set on a copy, and removed")
  func metadata() throws {
    let picture = try Fixture.rgb()
    let tagged = try picture.settingMetadata("note", to: "hello").settingMetadata("count", to: 7)
    #expect(tagged.metadata("note")?.string == "hello" && tagged.metadata("count")?.int == 7)
    #expect(picture.metadata("note") == nil && tagged.metadataNames.contains("note"))
    #expect(try tagged.withoutMetadata().metadata("note") == nil)
    #expect(try tagged.settingMetadata("note", to: nil).metadata("note") == nil)
  }
}

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

  @Test("colour becomes grey by Rec. 709's luminance, and grey stays what it is, in every depth")
  func grey() throws {
    let greys = try Image(pixels: (0...255).map(UInt8.init), width: 256, height: 1, bands: 1)
    let asColour = try Image.joiningBands([greys, greys, greys]).tagged(as: .sRGB)
    #expect(try asColour.converted(to: .grey).difference(from: greys).statistics().overall.maximum <= 1)
    // sRGB's curve of 0.2126, 0.7152, 0.0722 and 0.2848, after IEC 61966-2-1.
    for (colour, expected) in [
      ([255.0, 0, 0], 127.0), ([0, 255, 0], 220), ([0, 0, 255], 76), ([255, 0, 255], 145),
      ([255, 255, 255], 255),
    ] {
      let picture = try Image.filled(width: 2, height: 2, colour: colour)
      #expect(try abs(picture.converted(to: .grey).pixel(x: 0, y: 0)[0] - expected) <= 1)
      let deep = try picture.rescaled(to: .uint16).converted(to: .grey16)
      #expect(try deep.format == .uint16 && abs(deep.pixel(x: 0, y: 0)[0] / 257 - expected) <= 1)
    }
    let clear = try Image.filled(width: 2, height: 2, colour: [255, 0, 255, 51]).converted(to: .grey)
    #expect(try clear.bands == 2 && clear.pixel(x: 1, y: 1)[1] == 51)
  }

  @Test("luma is Rec. 601's, of encoded values", arguments: [SampleFormat.uint8, .uint16, .float])
  func luma(format: SampleFormat) throws {
    for (colour, expected) in [
      ([255.0, 0, 255], 105.0), ([255, 0, 0], 76), ([0, 255, 0], 150), ([0, 0, 255], 29),
      ([12, 200, 77], 130),
    ] {
      let luma = try Image.filled(width: 2, height: 2, colour: colour).rescaled(to: format).withAlpha().luma()
      #expect(luma.bands == 1 && luma.format == format)
      #expect(try abs(luma.pixel(x: 0, y: 0)[0] / format.fullScale * 255 - expected) <= 0.51)
    }
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
  }

  @Test("a profile that is damaged or does not fit is said and ignored")
  func unusableProfiles() throws {
    let srgb = try #require(
      try Vips.call("profile_load", ["name": "p3"], permissions: .files)["profile"]?.bytes)
    let cmyk = try #require(
      try Vips.call("profile_load", ["name": "cmyk"], permissions: .files)["profile"]?.bytes)
    let picture = try Fixture.rgb()
    let grey = try picture.converted(to: .grey)
    let inks = try Image(pixels: Fixture.samples(12 * 9 * 4, as: UInt8.self), width: 12, height: 9, bands: 4)
      .tagged(as: .cmyk)
    var pointing = srgb
    pointing.replaceSubrange(136..<140, with: [0xff, 0xff, 0xff, 0xff])
    let unusable: [(Image, [UInt8])] = [
      (picture, [1, 2, 3]), (picture, Array(srgb.prefix(srgb.count / 2))), (picture, Array(srgb.prefix(128))),
      (picture, pointing), (picture, cmyk), (grey, srgb), (grey, cmyk), (inks, srgb),
    ]
    for (image, profile) in unusable {
      var remarks: [String] = []
      let plain = try image.withProfile(nil).convertedToSRGB()
      let converted = try image.withProfile(profile).convertedToSRGB { remarks.append($0) }
      #expect(try converted.hasSamePixels(as: plain) && converted.profile == nil)
      #expect(remarks.count == 1 && remarks[0].hasPrefix("its ICC profile is ignored: it is "), "\(remarks)")
    }
  }

  @Test(
    "so is one that a PNG's reader leaves out without a word", arguments: ["grey", "cut", "cmyk"])
  func unusableInPNG(kind: String) throws {
    let name = kind == "cmyk" ? "cmyk" : "p3"
    var profile = try #require(
      try Vips.call("profile_load", ["name": .string(name)], permissions: .files)["profile"]?.bytes)
    if kind == "cmyk" { profile = Array(profile.prefix(60_000)) }
    if kind == "cut" { profile.removeLast(100) }
    let picture = kind == "grey" ? try Fixture.rgb().converted(to: .grey) : try Fixture.rgb()
    var chunks = PNGStructureTests.chunks(of: try picture.encoded(as: .png))
    chunks.insert(
      PNGStructureTests.Chunk(type: "iCCP", data: Array("icc\0\0".utf8) + Self.stored(profile)), at: 1)
    var remarks: [String] = []
    let loaded = try Image.load(from: PNGStructureTests.assemble(chunks)) { remarks.append($0) }
    #expect(try loaded.hasSamePixels(as: picture) && loaded.profile == nil)
    #expect(remarks.count == 1 && remarks[0].hasPrefix("its ICC profile is ignored: it is "), "\(remarks)")
  }

  /// A zlib stream of bytes as they are. Source: RFC 1950 and RFC 1951, section 3.2.4.
  private static func stored(_ bytes: [UInt8]) -> [UInt8] {
    let count = UInt16(bytes.count)
    var (a, b): (UInt32, UInt32) = (1, 0)
    for byte in bytes { (a, b) = ((a + UInt32(byte)) % 65521, (b + (a + UInt32(byte)) % 65521) % 65521) }
    let sum = b << 16 | a
    return [0x78, 0x01, 1, UInt8(count & 255), UInt8(count >> 8), UInt8(~count & 255), UInt8(~count >> 8)]
      + bytes + [UInt8(sum >> 24), UInt8(sum >> 16 & 255), UInt8(sum >> 8 & 255), UInt8(sum & 255)]
  }

  @Test("floating point goes through a profile as 16 bits do")
  func floatProfile() throws {
    let wide = try #require(
      try Vips.call("profile_load", ["name": "p3"], permissions: .files)["profile"]?.bytes)
    let picture = try Fixture.rgb().rescaled(to: .uint16).withProfile(wide)
    let float = try picture.rescaled(to: .float).convertedToSRGB()
    #expect(float.format == .float)
    #expect(try float.rescaled(to: .uint16).hasSamePixels(as: picture.convertedToSRGB()))
  }

  @Test(
    "HEIC's and AVIF's profile and EXIF survive the picture that was loaded, as every format's do",
    arguments: [ImageFormat.avif, .webp, .png, .jpeg, .tiff])
  func ownedMetadata(format: ImageFormat) throws {
    let wide = try #require(
      try Vips.call("profile_load", ["name": "p3"], permissions: .files)["profile"]?.bytes)
    let camera = try Fixture.rgb(width: 64, height: 48).withProfile(wide)
      .settingMetadata("exif-ifd0-Model", to: "Camera")
      .settingMetadata("xmp-data", to: .bytes(Array("<x:xmpmeta xmlns:x='adobe:ns:meta/'/>".utf8)))
    let bytes = try Image.load(from: camera.encoded(as: .jpeg)).encoded(as: format)
    let loaded = try (0..<20).map { _ in try Image.load(from: bytes).flipped(.horizontal).inMemory() }
    // Takes the place of what was freed too early.
    let rubble = (0..<200).map { _ in [UInt8](repeating: 7, count: wide.count) }
    for image in loaded {
      #expect(image.profile == wide)
      guard format != .tiff else { continue }  // libvips writes no EXIF into TIFFs
      let png = try Image.load(from: image.encoded(as: .png))
      for image in [image, png] {
        #expect(image.metadata("exif-ifd0-Model")?.string?.hasPrefix("Camera") == true)
      }
      guard format != .png else { continue }  // nor XMP where it could read it again
      let xmp = image.metadata("xmp-data")?.bytes.map { String(decoding: $0, as: UTF8.self) }
      #expect(xmp?.hasPrefix("<x:xmpmeta") == true)
    }
    #expect(rubble.count == 200)
  }

  @Test(
    "a white that the format does not say is found",
    arguments: [SampleFormat.float, .double, .int16, .int32, .uint32, .uint16])
  func white(format: SampleFormat) throws {
    let grey = try Fixture.rgb().converted(to: .grey)
    let steep = try grey.linear(16, 0).cast(to: .uint16).tagged(as: .grey16)
    let given = try grey.linear(16, 0).cast(to: format)
    #expect(given.leavesWhiteOpen == (format != .uint16))
    let largest = try given.statistics().overall.maximum
    #expect(given.likelyWhite(largest: largest) == 4095)
    let scaled = try given.scaled(white: 4080)
    #expect(scaled.format == .uint16 && scaled.interpretation == .grey16)
    #expect(try scaled.hasSamePixels(as: grey.rescaled(to: .uint16)))
    #expect(try !scaled.hasSamePixels(as: steep))
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

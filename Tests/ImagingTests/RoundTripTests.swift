import Imaging
import Testing

@Suite("Saving and loading again")
struct RoundTripTests {
  @Test("an 8-bit PNG keeps every value", arguments: [1, 2, 3, 4])
  func eightBits(bands: Int) throws {
    let pixels = Fixture.samples(31 * 17 * bands, as: UInt8.self)
    let picture = try Image(pixels: pixels, width: 31, height: 17, bands: bands)
    let again = try Image.load(from: picture.encoded(as: .png))
    #expect(try again.pixels(as: UInt8.self) == pixels)
    #expect(again.hasAlpha == (bands == 2 || bands == 4))
    #expect((again.width, again.height) == (31, 17))
  }

  @Test("a 16-bit PNG keeps every value", arguments: [1, 2, 3, 4])
  func sixteenBits(bands: Int) throws {
    let pixels = Fixture.samples(31 * 17 * bands, as: UInt16.self)
    let picture = try Image(pixels: pixels, width: 31, height: 17, bands: bands)
    let again = try Image.load(from: picture.encoded(as: .png))
    #expect(again.format == .uint16)
    #expect(try again.pixels(as: UInt16.self) == pixels)
  }

  @Test("lossless formats keep every value in files", arguments: ["a.png", "a.tif", "a.v", "a.webp"])
  func files(name: String) throws {
    let folder = try ScratchFolder()
    let picture = try Fixture.rgb()
    let lossless = SaveOptions(lossless: name == "a.webp" ? true : nil)
    try picture.write(to: folder.file(name), options: lossless)
    let again =
      name == "a.v"
      ? try Image.openRaw(folder.file(name)) : try Image.load(from: folder.file(name))
    #expect(try again.hasSamePixels(as: picture))
    #expect(folder.contents == [name])
  }
}

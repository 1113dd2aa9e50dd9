import Imaging
import Testing

@Suite("Texts in PNGs")
struct PNGTextTests {
  @Test("a text survives, short or long, and is replaced under its keyword")
  func roundTrip() throws {
    let plain = try Fixture.png()
    let long = String(repeating: "Grüße, 世界 🙂 ", count: 5000)
    let once = try PNGFile.inserting(
      [PNGText(keyword: "Title", text: "Küche"), PNGText(keyword: "Recipe", text: long)], into: plain)
    #expect(once.count < plain.count + 5000)
    let file = try PNGFile(bytes: once)
    #expect(file.text("Title") == "Küche" && file.text("Recipe") == long)
    let twice = try PNGFile.inserting([PNGText(keyword: "Title", text: "Bad")], into: once)
    #expect(try PNGFile(bytes: twice).texts.filter { $0.keyword == "Title" }.map(\.text) == ["Bad"])
    #expect(try Image.load(from: twice).hasSamePixels(as: Fixture.rgb()))
  }

  @Test("texts are written with the picture, to files and to bytes")
  func written() throws {
    let folder = try ScratchFolder()
    let options = SaveOptions(texts: [PNGText(keyword: "pipeline", text: "{}")])
    try Fixture.rgb().write(to: folder.file("a.png"), options: options)
    #expect(try PNGFile(path: folder.file("a.png")).text("pipeline") == "{}")
    #expect(folder.contents == ["a.png"])
    #expect(try PNGFile(bytes: Fixture.rgb().encoded(as: .png, options: options)).text("pipeline") == "{}")
  }

  @Test(
    "keywords that PNG does not allow are refused",
    arguments: ["", " a", "a ", "日本", String(repeating: "k", count: 80)])
  func keywords(keyword: String) throws {
    let bytes = try Fixture.png()
    #expect(throws: ImagingError.self) {
      try PNGFile.inserting([PNGText(keyword: keyword, text: "x")], into: bytes)
    }
  }

  @Test("a mask becomes one bit a pixel and reads back as 0 and 255", arguments: [1, 7, 8, 9, 37])
  func bitmap(width: Int) throws {
    let samples = Fixture.samples(width * 11, as: UInt8.self)
    let bytes = try Image(pixels: samples, width: width, height: 11, bands: 1).encodedAsBitmap()
    #expect(try PNGFile(bytes: bytes).header.bitDepth == 1)
    let again = try Image.load(from: bytes)
    #expect(try again.pixels(as: UInt8.self) == samples.map { $0 >= 128 ? 255 : 0 })
    #expect(throws: ImagingError.self) { try Fixture.rgb().encodedAsBitmap() }
  }
}

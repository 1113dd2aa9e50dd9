import Foundation
import Imaging
import Testing

@Suite("Saving")
struct SavingTests {
  @Test("an option that the format does not have is an error")
  func options() throws {
    let picture = try Fixture.rgb()
    let refused: [(ImageFormat, SaveOptions, String)] = [
      (.png, SaveOptions(quality: 80), "quality"), (.jpeg, SaveOptions(lossless: true), "lossless"),
      (.jpeg, SaveOptions(compression: 3), "compression"),
      (.tiff, SaveOptions(compression: 3), "compression"),
      (.jpeg, SaveOptions(texts: [PNGText(keyword: "a", text: "b")]), "texts"),
      (.webp, SaveOptions(interlaced: true), "interlaced"),
    ]
    for (format, options, name) in refused {
      let error = #expect(throws: ImagingError.self) { try picture.encoded(as: format, options: options) }
      guard case .unsupportedOption(_, name, _) = error else {
        Issue.record("\(format) \(name): \(String(describing: error))")
        continue
      }
    }
    #expect(throws: ImagingError.self) { try picture.encoded(as: .jpeg, options: SaveOptions(quality: 101)) }
    let small = try picture.encoded(as: .jpeg, options: SaveOptions(quality: 10))
    #expect(try small.count < picture.encoded(as: .jpeg, options: SaveOptions(quality: 95)).count)
  }

  @Test("depth and opacity that a format cannot hold are errors")
  func depths() throws {
    let float = try Fixture.rgb().rescaled(to: .float)
    #expect(throws: ImagingError.unsupportedDepth(format: "png", depth: "float", valid: ["uint8", "uint16"]))
    {
      try float.encoded(as: .png)
    }
    #expect(throws: ImagingError.self) { try Fixture.rgb().rescaled(to: .uint16).encoded(as: .jpeg) }
    #expect(throws: ImagingError.self) { try Fixture.rgb().withAlpha().encoded(as: .jpeg) }
    let folder = try ScratchFolder()
    try float.write(to: folder.file("a.tif"))
    #expect(try Image.load(from: folder.file("a.tif")).hasSamePixels(as: float))
  }

  @Test("AVIF keeps every pixel when that is asked for, or refuses to be asked")
  func losslessAVIF() throws {
    let options = SaveOptions(lossless: true)
    for picture in try [Fixture.rgb(), Fixture.rgb().withAlpha()] {
      do {
        #expect(try Image.load(from: picture.encoded(as: .avif, options: options)).hasSamePixels(as: picture))
      } catch ImagingError.invalid(let message) {
        #expect(message.contains("8.15.3") && message.contains("png"))
        #expect(throws: ImagingError.self) { try options.check(for: .avif) }
      }
    }
    let picture = try Fixture.rgb()
    #expect(try Image.load(from: picture.encoded(as: .webp, options: options)).hasSamePixels(as: picture))
  }

  @Test(
    "a PNG has one eXIf chunk, with texts and without, in a file and in memory", arguments: [true, false])
  func exifOnce(hasTexts: Bool) throws {
    let picture = try Fixture.rgb().settingMetadata("orientation", to: 6)
      .settingMetadata("exif-ifd0-Model", to: "Camera")
    let tagged = try Image.load(from: picture.encoded(as: .jpeg))
    let folder = try ScratchFolder()
    let texts = hasTexts ? [PNGText(keyword: "Title", text: "a")] : []
    try tagged.write(to: folder.file("a.png"), options: SaveOptions(texts: texts))
    let written = try Array(Data(contentsOf: URL(fileURLWithPath: folder.file("a.png"))))
    for bytes in [written, try tagged.encoded(as: .png, options: SaveOptions(texts: texts))] {
      #expect(PNGStructureTests.chunks(of: bytes).filter { $0.type == "eXIf" }.count == 1)
      #expect(try PNGFile(bytes: bytes).skipped.isEmpty && Image.load(from: bytes).orientation == 6)
    }
    #expect(folder.contents == ["a.png"])
  }

  @Test("every format that is offered can be written and read", arguments: ImageFormat.allCases)
  func formats(format: ImageFormat) throws {
    let folder = try ScratchFolder()
    let path = folder.file("a." + format.extensions[0])
    #expect(try ImageFormat(path: path) == format)
    try Fixture.rgb().write(to: path)
    guard format != .vips, format != .ppm else { return }
    let again = try Image.load(from: path)
    #expect((again.width, again.height) == (37, 23))
  }

  @Test("a failed write leaves the earlier file and nothing else")
  func failure() throws {
    let folder = try ScratchFolder()
    let path = try folder.write([1, 2, 3], to: "a.png")
    let whole = try Fixture.rgb(width: 300, height: 200).encoded(as: .jpeg)
    let cut = folder.file("cut.jpg")
    try Data(whole.prefix(whole.count / 2)).write(to: URL(fileURLWithPath: cut))
    // Only the header is looked at before the picture is written.
    let broken = try Image.header(of: cut, options: LoadOptions(access: .sequential))
    let error = #expect(throws: ImagingError.self) { try broken.write(to: path) }
    guard case .truncated(cut, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data([1, 2, 3]))
    #expect(folder.contents.sorted() == ["a.png", "cut.jpg"])
  }

  @Test("a place that cannot be written to is said")
  func places() throws {
    let folder = try ScratchFolder()
    let picture = try Fixture.rgb()
    #expect(throws: ImagingError.unknownFormat(path: "a.docx")) { try picture.write(to: "a.docx") }
    let lost = folder.file("no/such/a.png")
    #expect(
      throws: ImagingError.unwritable(path: lost, reason: "its folder does not exist")
    ) { try picture.write(to: lost) }
    #expect(throws: ImagingError.self) { try picture.write(to: folder.path, as: .png) }
  }

  @Test("the same picture gives the same bytes", arguments: [ImageFormat.png, .jpeg, .vips])
  func deterministic(format: ImageFormat) throws {
    let folder = try ScratchFolder()
    let files = try ["a", "b"].map { name in
      let path = folder.file(name)
      try Fixture.rgb().blurred(sigma: 1).write(to: path, as: format)
      return try Data(contentsOf: URL(fileURLWithPath: path))
    }
    #expect(files[0] == files[1])
  }
}

import Imaging
import Testing

@Suite("Damaged pictures")
struct DamageTests {
  /// A JPEG of 300×200 pixels and what is done to it.
  enum Damage: String, CaseIterable {
    case noEnd, half, lastRowCut, bytesBeforeEnd, wreckedMiddle

    func applied(to bytes: [UInt8]) -> [UInt8] {
      switch self {
      case .noEnd: return Array(bytes.dropLast(2))
      case .half: return Array(bytes.prefix(bytes.count / 2))
      case .lastRowCut: return Array(bytes.dropLast(60)) + bytes.suffix(2)
      case .bytesBeforeEnd:
        return Array(bytes.dropLast(2)) + Array(repeating: 0, count: 300) + bytes.suffix(2)
      case .wreckedMiddle:
        var bytes = bytes
        for index in stride(from: bytes.count / 2, to: bytes.count - 2, by: 3) { bytes[index] ^= 0x55 }
        return bytes
      }
    }
  }

  @Test(
    "a JPEG that its decoder warns of anywhere is refused, or taken with a word about it",
    arguments: Damage.allCases, LoadOptions.Access.allCases)
  func jpeg(damage: Damage, access: LoadOptions.Access) throws {
    let bytes = damage.applied(to: try Fixture.rgb(width: 300, height: 200).encoded(as: .jpeg))
    let error = #expect(throws: ImagingError.self) {
      try Image.load(from: bytes, name: "a.jpg", options: LoadOptions(access: access)).encoded(as: .png)
    }
    #expect(error?.damage != nil && error?.description.hasPrefix("a.jpg is ") == true)
    var remarks: [String] = []
    let lenient = LoadOptions(access: access, failOn: .none)
    let picture = try Image.load(from: bytes, name: "a.jpg", options: lenient) { remarks.append($0) }
    let taken = try Image.load(from: picture.encoded(as: .png))
    #expect((taken.width, taken.height) == (300, 200))
    #expect(remarks.count == 1 && remarks.first?.hasPrefix("it is ") == true)
  }

  @Test("sound JPEGs of every kind are taken without a word")
  func soundJPEGs() throws {
    let picture = try Fixture.rgb(width: 50, height: 41)
    let grey = try picture.converted(to: .grey)
    let progressive = SaveOptions(interlaced: true)
    let full = SaveOptions(saver: ["subsample_mode": "off"])
    let files = try [
      picture.encoded(as: .jpeg), picture.encoded(as: .jpeg, options: progressive),
      picture.encoded(as: .jpeg, options: full), grey.encoded(as: .jpeg),
      picture.encoded(as: .jpeg) + [1, 2, 3],
    ]
    for bytes in files { #expect(try remarks(loading: bytes) == []) }
  }

  @Test("a cancelled check of a JPEG stops")
  func cancelled() throws {
    let bytes = try Fixture.rgb(width: 300, height: 200).encoded(as: .jpeg)
    let monitor = EvaluationMonitor()
    monitor.cancel()
    #expect(throws: CancellationError.self) { try Image.load(from: bytes, monitor: monitor) }
  }

  typealias Chunk = PNGStructureTests.Chunk

  static let ancillary: [(name: String, chunks: [Chunk])] = [
    ("iTXt in Latin-1", [Chunk(type: "iTXt", data: Array("Author\0\0\0\0\0J".utf8) + [0xfc])]),
    ("tEXt without its zero", [Chunk(type: "tEXt", data: Array("Author".utf8))]),
    ("tEXt without a keyword", [Chunk(type: "tEXt", data: Array("\0text".utf8))]),
    ("zTXt that does not inflate", [Chunk(type: "zTXt", data: Array("a\0\0junk".utf8))]),
    ("short gAMA", [Chunk(type: "gAMA", data: [1])]), ("gamma 0", [Chunk(type: "gAMA", data: [0, 0, 0, 0])]),
    ("white at y 0", [Chunk(type: "cHRM", data: Array(repeating: 0, count: 32))]),
    ("colours that are none", [Chunk(type: "cHRM", data: Array(repeating: 0xff, count: 32))]),
    (
      "colours on a line",
      [Chunk(type: "cHRM", data: (0..<4).flatMap { [0, 0, 0x20 * $0, 0, 0, 0, 0x20, 1] as [UInt8] })]
    ),
    ("an intent that is unknown", [Chunk(type: "sRGB", data: [9])]),
    ("short pHYs", [Chunk(type: "pHYs", data: [1, 2])]),
    ("long tRNS", [Chunk(type: "tRNS", data: Array(repeating: 9, count: 11))]),
    ("eXIf that is none", [Chunk(type: "eXIf", data: Array("none".utf8))]),
    ("iCCP that does not inflate", [Chunk(type: "iCCP", data: Array("icc\0\0junk".utf8))]),
    ("two tIME", Array(repeating: Chunk(type: "tIME", data: [7, 208, 1, 1, 0, 0, 0]), count: 2)),
  ]

  @Test("a damaged part of a PNG that readers can do without is skipped and said", arguments: ancillary)
  func ancillaryChunk(name: String, chunks: [Chunk]) throws {
    let sound = try Fixture.png()
    var all = PNGStructureTests.chunks(of: sound)
    all.insert(contentsOf: chunks, at: 1)
    let bytes = PNGStructureTests.assemble(all)
    #expect(try remarks(loading: bytes).count == 1, "\(name)")
    let picture = try Image.load(from: bytes)
    #expect(try picture.hasSamePixels(as: Image.load(from: sound)))
    #expect(!picture.metadataNames.contains { $0.hasSuffix("-Author") })
    #expect(
      try PNGFile(
        bytes: picture.encoded(as: .png, options: SaveOptions(texts: [PNGText(keyword: "a", text: "b")]))
      ).skipped.isEmpty)
  }

  @Test("so is one whose checksum is wrong, before and behind the picture data", arguments: [1, -1])
  func ancillaryChecksum(place: Int) throws {
    var pieces = PNGStructureTests.chunks(of: try Fixture.png()).map(\.bytes)
    let damaged = PNGStructureTests.flip(Chunk(type: "tEXt", data: Array("a\0b".utf8)).bytes, at: 9)
    pieces.insert(damaged, at: place < 0 ? pieces.count - 1 : place)
    let bytes = PNGStructureTests.signature + pieces.flatMap { $0 }
    #expect(try remarks(loading: bytes).first?.contains("tEXt") == true)
  }

  @Test("a PNG's text in Latin-1 is kept as what it means")
  func latin1() throws {
    var chunks = PNGStructureTests.chunks(of: try Fixture.png())
    chunks.insert(Chunk(type: "tEXt", data: Array("Author\0J".utf8) + [0xfc] + Array("rgen".utf8)), at: 1)
    let picture = try Image.load(from: PNGStructureTests.assemble(chunks))
    #expect(picture.metadata("png-comment-0-Author")?.string == "Jürgen")
    #expect(try PNGFile(bytes: picture.encoded(as: .png)).text("Author") == "Jürgen")
    let folder = try ScratchFolder()
    try picture.write(to: folder.file("a.png"))
    #expect(try PNGFile(path: folder.file("a.png")).text("Author") == "Jürgen")
  }

  @Test("a damaged PNG is taken as far as it goes when that is wanted, and said")
  func lenientPNG() throws {
    // Pixels that do not compress, so that half a file is half a picture.
    var state: UInt64 = 88_172_645_463_325_252
    let noise = (0..<300 * 200 * 3).map { _ -> UInt8 in
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return UInt8(truncatingIfNeeded: state)
    }
    let whole = try Image(pixels: noise, width: 300, height: 200, bands: 3).encoded(as: .png)
    let cut = Array(whole.prefix(whole.count / 2))
    var remarks: [String] = []
    let picture = try Image.load(from: cut, name: "a.png", options: LoadOptions(failOn: .none)) {
      remarks.append($0)
    }
    #expect((picture.width, picture.height) == (300, 200) && remarks.count == 1)
    #expect(try picture.pixel(x: 5, y: 5) == Image.load(from: whole).pixel(x: 5, y: 5))
  }

  @Test("compressed drawings are looked at before libvips does", arguments: ["cut", "bytes behind", "whole"])
  func compressedDrawing(_ kind: String) throws {
    // gzip -9 of <svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>
    let whole: [UInt8] = [
      31, 139, 8, 0, 0, 0, 0, 0, 2, 255, 179, 41, 46, 75, 87, 168, 200, 205, 201, 43, 182, 85, 202, 40, 41,
      41, 176,
      210, 215, 47, 47, 47, 215, 43, 55, 214, 203, 47, 74, 215, 55, 50, 48, 48, 208, 7, 170, 80, 82, 40, 207,
      76, 41,
      201, 176, 85, 178, 84, 82, 200, 72, 205, 76, 207, 40, 1, 49, 245, 237, 0, 50, 242, 210, 214, 62, 0, 0,
      0,
    ]
    let bytes = kind == "cut" ? Array(whole.dropLast(20)) : kind == "whole" ? whole : whole + [1, 2, 3]
    #expect(throws: ImagingError.blockedLoader(path: "a.svgz", loader: "svgload")) {
      try Image.load(from: bytes, name: "a.svgz")
    }
    guard kind != "whole" else { return }
    let error = #expect(throws: ImagingError.self) {
      try Image.load(from: bytes, name: "a.svgz", options: LoadOptions(allowUntrusted: true))
    }
    guard case .unreadable("a.svgz", _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test("one picture of several is said", arguments: [ImageFormat.webp, .gif, .tiff])
  func pages(format: ImageFormat) throws {
    let two = try Fixture.rgb(width: 30, height: 40).settingMetadata("page-height", to: 20)
    #expect(
      try remarks(loading: two.encoded(as: format)) == [
        "it holds 2 pictures (frames or pages), of which one is taken"
      ])
    #expect(try remarks(loading: Fixture.rgb().encoded(as: format)) == [])
  }

  @Test(
    "the very file that is named is opened",
    arguments: ["a[1].png", "b[page=2]", "it's]", "~c.png", "d*?.png", " e\\.png"])
  func names(name: String) throws {
    let folder = try ScratchFolder()
    let path = try folder.write(Fixture.png(), to: name)
    #expect(try Image.load(from: path).width == 37)
    #expect(try Image.header(of: path).width == 37)
    try Fixture.rgb(width: 9, height: 5).write(to: path, as: .png)
    #expect(try Image.load(from: path).width == 9 && folder.contents == [name])
  }

  private func remarks(loading bytes: [UInt8]) throws -> [String] {
    var remarks: [String] = []
    _ = try Image.load(from: bytes, name: "a") { remarks.append($0) }
    return remarks
  }
}

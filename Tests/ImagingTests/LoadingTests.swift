import Foundation
import Imaging
import Testing

@Suite("Loading")
struct LoadingTests {
  @Test("what is no picture file is said plainly")
  func notPictures() throws {
    let folder = try ScratchFolder()
    let empty = try folder.write([], to: "empty.png")
    let text = try folder.write(Array("hello, this is text\n".utf8), to: "text.png")
    #expect(throws: ImagingError.emptyFile(path: empty)) { try Image.load(from: empty) }
    #expect(throws: ImagingError.notAPicture(path: text)) { try Image.load(from: text) }
    #expect(throws: ImagingError.isDirectory(path: folder.path)) { try Image.load(from: folder.path) }
    #expect(throws: ImagingError.emptyFile(path: "stdin")) { try Image.load(from: [], name: "stdin") }
    let absent = folder.file("absent.png")
    #expect(throws: ImagingError.unreadable(path: absent, reason: "No such file or directory")) {
      try Image.load(from: absent)
    }
  }

  @Test("a JPEG cut short is an error now, or when a lazy one is read; both name the file")
  func truncatedJPEG() throws {
    let folder = try ScratchFolder()
    let whole = try Fixture.rgb(width: 300, height: 200).encoded(as: .jpeg)
    let path = try folder.write(Array(whole.prefix(whole.count / 2)), to: "cut.jpg")
    for access in LoadOptions.Access.allCases {
      let error = #expect(throws: ImagingError.self) {
        let picture = try Image.load(from: path, options: LoadOptions(access: access))
        _ = try picture.blurred(sigma: 1).encoded(as: .png)
      }
      switch error {
      // libvips keeps one text of errors for all threads; another test may take the words that say which.
      case .truncated(path, _), .corrupt(path, _): break
      default: Issue.record("\(access): \(String(describing: error))")
      }
    }
  }

  @Test("a JPEG with damaged data is an error, unless what its decoder makes of it is wanted")
  func damagedJPEG() throws {
    var bytes = try Fixture.rgb(width: 300, height: 200).encoded(as: .jpeg)
    for index in stride(from: bytes.count / 2, to: bytes.count - 2, by: 3) { bytes[index] ^= 0x55 }
    for access in LoadOptions.Access.allCases {
      #expect(throws: ImagingError.self) {
        _ = try Image.load(from: bytes, options: LoadOptions(access: access)).encoded(as: .png)
      }
    }
    #expect(try Image.load(from: bytes, options: LoadOptions(failOn: .error)).width == 300)
  }

  @Test("untrusted loaders are refused by name")
  func untrusted() throws {
    let folder = try ScratchFolder()
    let drawing = Array("<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>".utf8)
    let path = try folder.write(drawing, to: "a.svg")
    #expect(throws: ImagingError.blockedLoader(path: path, loader: "svgload")) { try Image.load(from: path) }
    let raw = folder.file("a.v")
    try Fixture.rgb().write(to: raw)
    #expect(throws: ImagingError.blockedLoader(path: raw, loader: "vipsload")) { try Image.load(from: raw) }
  }

  @Test("the pixel limit is checked from the header", arguments: [ImageFormat.png, .jpeg, .webp])
  func pixelLimit(format: ImageFormat) throws {
    let bytes = try Fixture.rgb(width: 40, height: 30).encoded(as: format)
    #expect(try Image.load(from: bytes, options: LoadOptions(pixelLimit: 1200)).width == 40)
    #expect(throws: ImagingError.tooLarge(path: "p", width: 40, height: 30, limit: 1199)) {
      try Image.load(from: bytes, name: "p", options: LoadOptions(pixelLimit: 1199))
    }
  }

  @Test("a picture over the memory limit is decoded to disk, with the same pixels")
  func onDisk() throws {
    let picture = try Fixture.rgb()
    let options = LoadOptions(memoryLimit: picture.byteCount - 1)
    let loaded = try Image.load(from: picture.encoded(as: .png), options: options)
    #expect(try loaded.hasSamePixels(as: picture))
    #expect(try loaded.pixels(as: UInt8.self) == picture.pixels())
    #expect(try loaded.rotated(quarterTurns: 1).pixel(x: 22, y: 0) == picture.pixel(x: 0, y: 0))
  }

  @Test("a file that changed is read again")
  func changedFile() throws {
    let folder = try ScratchFolder()
    let path = folder.file("a.png")
    for value in [10.0, 200.0] {
      try Image.filled(width: 8, height: 5, colour: [value]).write(to: path)
      #expect(try Image.load(from: path).pixel(x: 1, y: 1) == [value])
    }
  }

  @Test("orientation 6 is applied and forgotten")
  func orientation() throws {
    let upright = try Fixture.rgb()
    let tagged = try upright.settingMetadata("orientation", to: 6)
    let bytes = try tagged.encoded(as: .tiff)
    let loaded = try Image.load(from: bytes)
    #expect(loaded.orientation == 6)
    let turned = try loaded.autorotated()
    #expect((turned.width, turned.height, turned.orientation) == (23, 37, 1))
    #expect(try turned.hasSamePixels(as: upright.rotated(quarterTurns: 1)))
  }
}

import Foundation
import Imaging
import PipelineKit
import Synchronization
import Testing

@testable import Stages

@Suite("Loading and saving stages")
struct LoadImageTests {
  let folder = FileManager.default.temporaryDirectory.appending(path: "loading-\(UUID().uuidString)")

  init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }

  /// A grey ramp from 0 to 255 as floating point or integers that leave open what white is.
  private func ramp(_ format: SampleFormat, times factor: Double) throws -> Image {
    let values = (0..<256).map { UInt8($0) }
    let grey = try Image(pixels: values, width: 32, height: 8, bands: 1)
    return try grey.cast(to: .double).linear(factor / 255, 0).cast(to: format).tagged(as: .grey)
  }

  private func load(_ path: String, _ settings: [String: JSONValue] = [:]) async throws -> (Image, [String]) {
    let said = Mutex<[String]>([])
    let paths = ["path": folder.appending(path: path)]
    let results = try await outputs(of: LoadImage.self, settings, paths: paths) { _, text in
      said.withLock { $0.append(text) }
    }
    let image = try #require(results.values["image"] as? Picture).image
    let shape = try made(LoadImage.self, settings, paths: paths).estimate(StageShapes([:])).outputs["image"]
    #expect(shape?.sampleFormat == image.format && shape?.hasAlpha == image.hasAlpha)
    return (image, said.withLock { $0 })
  }

  struct Range: Sendable {
    var format: SampleFormat
    var white: Double
    var isSaid: Bool
  }

  @Test(
    "numbers whose format does not say what white is come out between black and white",
    arguments: [
      Range(format: .float, white: 1, isSaid: false),
      Range(format: .float, white: 255, isSaid: true),
      Range(format: .float, white: 4095, isSaid: true), Range(format: .float, white: 65535, isSaid: true),
      Range(format: .uint32, white: 65535, isSaid: true), Range(format: .int16, white: 1023, isSaid: true),
      Range(format: .int32, white: 255, isSaid: true),
    ], Access.allCases)
  func ranges(range: Range, access: Access) async throws {
    try ramp(range.format, times: range.white).write(to: folder.appending(path: "a.tif").path)
    let (image, said) = try await load("a.tif", ["access": .string(access.rawValue)])
    #expect(image.format == .uint16 && image.interpretation == .grey16)
    #expect(said.isEmpty != range.isSaid && said.count <= 1, "\(said)")
    let values = try image.rescaled(to: .uint8).inMemory().pixels(as: UInt8.self)
    for (index, value) in values.enumerated() { #expect(abs(Int(value) - index) <= 1) }
  }

  @Test("values that are no finite numbers are said, and do not decide what white is", arguments: [1.0, 255])
  func infinite(white: Double) async throws {
    var values = (0..<256).map { Float($0) / 255 * Float(white) }
    for (index, odd) in zip([3, 40, 77], [Float.infinity, -.infinity, .nan]) { values[index] = odd }
    try Image(pixels: values, width: 32, height: 8, bands: 1).tagged(as: .grey)
      .write(to: folder.appending(path: "a.tif").path)
    for access in Access.allCases {
      let (image, said) = try await load("a.tif", ["access": .string(access.rawValue)])
      #expect(said.contains { $0.contains("no finite numbers") }, "\(said)")
      let levels = try image.rescaled(to: .uint8).inMemory().pixels(as: UInt8.self)
      #expect(levels[3] == 255 && levels[40] == 0 && levels[77] == 0)
      for index in [0, 128, 200, 255] { #expect(abs(Int(levels[index]) - index) <= 1) }
    }
  }

  @Test("12 bits in 16 are said, and brought out when white is given")
  func twelveBits() async throws {
    let dark = try ramp(.uint16, times: 4095).tagged(as: .grey16)
    try dark.write(to: folder.appending(path: "a.png").path)
    let (image, said) = try await load("a.png")
    #expect(try image.hasSamePixels(as: dark))
    #expect(said.count == 1 && said[0].contains("4095 of 65535") && said[0].contains("\"white\""))
    let (bright, silence) = try await load("a.png", ["white": 4095])
    #expect(try bright.statistics().overall.maximum == 65535 && silence.isEmpty)
  }

  @Test("kept numbers stay as they are")
  func kept() async throws {
    try ramp(.float, times: 255).write(to: folder.appending(path: "a.tif").path)
    let (image, said) = try await load("a.tif", ["colour": "keep"])
    #expect(try image.format == .float && image.statistics().overall.maximum == 255 && said.isEmpty)
  }

  @Test("a damaged JPEG is refused with the way out, which leads out")
  func strict() async throws {
    let picture = try Sample.picture(300, 200).image
    let bytes = try picture.encoded(as: .jpeg).dropLast(2)
    try Data(bytes).write(to: folder.appending(path: "a.jpg"))
    let failure = await #expect(throws: StageFailure.self) { try await load("a.jpg") }
    #expect(failure?.advice?.contains("\"strict\": false") == true)
    let (image, said) = try await load("a.jpg", ["strict": false])
    #expect((image.width, image.height) == (300, 200) && said.count == 1)
  }

  struct Fit: Sendable {
    var file: String
    var settings: [String: JSONValue]
    var format: SampleFormat
    var alpha: Bool
    var refusedAt: String?
  }

  @Test(
    "what a file cannot hold is known from the picture's shape",
    arguments: [
      Fit(file: "a.jpg", settings: [:], format: .uint8, alpha: false, refusedAt: nil),
      Fit(file: "a.jpg", settings: [:], format: .uint16, alpha: false, refusedAt: "path"),
      Fit(file: "a.jpg", settings: [:], format: .uint8, alpha: true, refusedAt: "path"),
      Fit(file: "a.jpg", settings: ["background": [255]], format: .uint8, alpha: true, refusedAt: nil),
      Fit(file: "a.jpg", settings: ["depth": "8"], format: .uint16, alpha: false, refusedAt: nil),
      Fit(file: "a.jpg", settings: ["depth": "16"], format: .uint8, alpha: false, refusedAt: "depth"),
      Fit(file: "a.png", settings: [:], format: .float, alpha: false, refusedAt: "path"),
      Fit(file: "a.png", settings: ["depth": "16"], format: .float, alpha: true, refusedAt: nil),
      Fit(file: "a.png", settings: ["depth": "8"], format: .int32, alpha: false, refusedAt: "depth"),
      Fit(file: "a.tif", settings: [:], format: .int32, alpha: false, refusedAt: nil),
      Fit(file: "a.bin", settings: ["format": "webp"], format: .uint16, alpha: true, refusedAt: "format"),
    ])
  func misfits(fit: Fit) async throws {
    let paths = ["path": folder.appending(path: fit.file)]
    let stage = try made(SaveImage.self, fit.settings, paths: paths)
    let sample = try Sample.picture(9, 7, alpha: fit.alpha).image
    let image = try fit.format == .uint8 ? sample : sample.cast(to: fit.format)
    let picture = Picture(image)
    var refused: String?
    do {
      _ = try stage.estimate(StageShapes(["image": [picture.shape]]))
    } catch let conflict as ParameterConflict {
      refused = conflict.parameter
    }
    #expect(refused == fit.refusedAt)
    // And what is not refused can be written, what is refused cannot.
    let written = try? await outputs(of: SaveImage.self, fit.settings, ["image": [picture]], paths: paths)
    #expect((written == nil) == (fit.refusedAt != nil))
  }
}

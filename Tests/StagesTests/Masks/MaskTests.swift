import Foundation
import Imaging
import PipelineKit
import Testing

@testable import Stages

@Suite("masks")
struct MaskTests {
  @Test("a box marks exactly its pixels, cut at the picture's edge")
  func box() async throws {
    let result = try await outputs(of: BoxMask.self, ["box": [-3, 2, 8, 4], "width": 12, "height": 9])
    let mask = try result[BoxMask.mask].image
    #expect(try mask.statistics().overall.sum == 255 * 5 * 4)
    #expect(try mask.pixel(x: 4, y: 5)[0] == 255 && mask.pixel(x: 5, y: 5)[0] == 0)
    #expect(try result[BoxMask.box] == Box(x: 0, y: 2, width: 5, height: 4))
    let found = try await outputs(of: MaskBounds.self, [:], ["mask": [try Mask(mask)]])[MaskBounds.box]
    #expect(found == Box(x: 0, y: 2, width: 5, height: 4))
  }

  @Test("a free-form mask covers most of its box, lies near it, and is fixed by its seed")
  func bezier() async throws {
    let settings: [String: JSONValue] = ["box": [40, 30, 60, 50], "width": 160, "height": 120, "seed": 5]
    let first = try await outputs(of: BezierMask.self, settings)
    let second = try await outputs(of: BezierMask.self, settings)
    let other = try await outputs(of: BezierMask.self, settings.merging(["seed": 6]) { $1 })
    let mask = try first[BezierMask.mask].image
    #expect(try mask.hasSamePixels(as: second[BezierMask.mask].image))
    #expect(try !mask.hasSamePixels(as: other[BezierMask.mask].image))
    let inBox = try mask.cropped(x: 40, y: 30, width: 60, height: 50).statistics().overall.mean
    #expect(inBox > 230)
    let extended = try first[BezierMask.box]
    let around = try #require(try mask.boundsOfNonzero())
    // Curves reach half way to the larger box, points move by at most 5 pixels.
    #expect(around.x >= extended.x - 6 && around.x + around.width <= extended.x + extended.width + 6)
    #expect(extended.x <= 40 && extended.y <= 30)
  }

  @Test("a polygon's area is right, smooth or not, and its orientation does not matter")
  func polygon() async throws {
    let triangle: JSONValue = [[2, 2], [42, 2], [2, 32]]
    let turned: JSONValue = [[2, 32], [42, 2], [2, 2]]
    let area = 255.0 * 40 * 30 / 2
    for (points, smooth) in [(triangle, true), (triangle, false), (turned, true)] {
      let mask = try await outputs(
        of: PolygonMask.self, ["points": points, "smooth": .bool(smooth), "width": 50, "height": 40])[
          PolygonMask.mask]
      #expect(abs(try mask.image.statistics().overall.sum - area) < area * 0.02)
    }
  }

  @Test("strokes are as wide as the brush, and one point is a dot")
  func strokes() async throws {
    let mask = try await outputs(
      of: StrokesMask.self,
      ["strokes": [[[10, 20], [40, 20]], [[60.5, 10.5]]], "radius": 4, "width": 80, "height": 40])[
        StrokesMask.mask
      ].image
    #expect(try mask.pixel(x: 25, y: 17)[0] == 255 && mask.pixel(x: 25, y: 14)[0] == 0)
    #expect(try mask.pixel(x: 60, y: 10)[0] == 255 && mask.pixel(x: 60, y: 16)[0] == 0)
  }

  @Test("growing and shrinking move the edge, and inverting twice changes nothing")
  func edit() async throws {
    let mask = try Sample.mask(60, 50, Box(x: 20, y: 20, width: 20, height: 10))
    let grown = try await outputs(of: EditMask.self, ["grow": 3], ["mask": [mask]])[EditMask.result].image
    #expect(try #require(try grown.boundsOfNonzero()) == (17, 17, 26, 16))
    let shrunk = try await outputs(of: EditMask.self, ["grow": -3], ["mask": [mask]])[EditMask.result].image
    #expect(try #require(try shrunk.boundsOfNonzero()) == (23, 23, 14, 4))
    let inverted = try await outputs(of: EditMask.self, ["invert": true], ["mask": [mask]])[EditMask.result]
    let again = try await outputs(of: EditMask.self, ["invert": true], ["mask": [inverted]])[EditMask.result]
    #expect(try again.image.hasSamePixels(as: mask.image))
  }

  @Test(
    "two masks combine in four ways",
    arguments: [("union", 300), ("intersect", 100), ("subtract", 100), ("difference", 200)])
  func combine(_ mode: String, _ count: Int) async throws {
    let first = try Sample.mask(40, 20, Box(x: 0, y: 0, width: 20, height: 10))
    let second = try Sample.mask(40, 20, Box(x: 10, y: 0, width: 20, height: 10))
    let result = try await outputs(
      of: EditMask.self, ["combine": .string(mode)], ["mask": [first], "other": [second]])[EditMask.result]
    #expect(try result.image.statistics().overall.sum == 255 * Double(count))
  }

  @Test("an edge feathered inside leaves 0 at 0, one feathered outside leaves 1 at 1")
  func featherSides() async throws {
    let mask = try Sample.mask(60, 40, Box(x: 20, y: 0, width: 40, height: 40))
    for (side, low, high) in [("inside", 19, 32), ("outside", 8, 20), ("both", 13, 26)] {
      let row = try await outputs(
        of: EditMask.self, ["feather": 10, "side": .string(side)], ["mask": [mask]])[EditMask.result].image
        .cropped(x: 0, y: 20, width: 60, height: 1).bytes
      #expect(row[low] == 0 && row[high] == 255, "\(side): \(row)")
      #expect(zip(row, row.dropFirst()).allSatisfy { $0 <= $1 })
    }
  }

  @Test("values far below full scale are named, with the setting that takes them; nothing is inverted")
  func faintValues() async throws {
    let files: [(Image, String)] = [
      (try Image(pixels: [0, 1, 1, 0] as [UInt8], width: 4, height: 1, bands: 1), "1 of 255"),
      (try Image(pixels: [0, 255, 255, 0] as [UInt16], width: 4, height: 1, bands: 1), "255 of 65535"),
      (try Image(pixels: [0, 1, 1, 0] as [UInt16], width: 4, height: 1, bands: 1), "1 of 65535"),
    ]
    for (image, largest) in files {
      let file = try MaskFile(image)
      for threshold in [JSONValue.number(0.5), .null] {
        let error = await #expect(throws: StageFailure.self) {
          _ = try await file.load(["threshold": threshold])
        }
        #expect(error?.message.contains("largest value is \(largest)") == true, "\(threshold)")
        #expect(error?.advice?.contains("\"threshold\": 0") == true)
      }
      #expect(try await file.load(["threshold": 0]) == [0, 255, 255, 0], "\(largest)")
      let inverted = await #expect(throws: StageFailure.self) {
        _ = try await file.load(["editable": "black"])
      }
      #expect(inverted?.advice?.contains("\"threshold\": 1") == true)
      #expect(try await file.load(["editable": "black", "threshold": 1]) == [255, 0, 0, 255], "\(largest)")
    }
  }

  @Test(
    "all black and all white masks say which colour is meant; allowed, they pass",
    arguments: [(0, "white", "black"), (255, "black", "white")])
  func emptyFiles(_ value: Double, _ editable: String, _ other: String) async throws {
    let file = try MaskFile(Image.filled(width: 4, height: 1, colour: [value]))
    let error = await #expect(throws: StageFailure.self) {
      _ = try await file.load(["editable": .string(editable)])
    }
    #expect(error?.advice?.contains("\"editable\": \"\(other)\"") == true)
    #expect(try await file.load(["editable": .string(editable), "allowEmpty": true]) == [0, 0, 0, 0])
    #expect(try await file.load(["editable": .string(other)]) == [255, 255, 255, 255])
  }

  @Test(
    "masks in numbers that leave open what white is are masks, as pictures are pictures",
    arguments: [SampleFormat.int32, .uint32, .int16, .float], [1.0, 255, 1023])
  func openNumbers(format: SampleFormat, white: Double) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "masks-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "mask.tif")
    let half = (0..<64).map { $0 % 8 < 4 ? 0 : white }
    try Image(pixels: half, width: 8, height: 8, bands: 1).cast(to: format).tagged(as: .grey)
      .write(to: file.path)
    let threshold: Double = white == 1 && format != .float ? 0 : 0.5
    let mask = try await outputs(of: LoadMask.self, ["threshold": .number(threshold)], paths: ["path": file])[
      LoadMask.mask
    ].image
    #expect(try mask.pixels(as: UInt8.self) == half.map { $0 == 0 ? 0 : 255 })
  }

  @Test("a scene with an erased hole is no mask until its opacity is named; strokes on nothing are one")
  func opacity() async throws {
    let scene = try MaskFile(
      Image(
        pixels: [10, 250, 30, 255, 240, 20, 90, 255, 0, 0, 0, 0, 77, 77, 77, 255] as [UInt8], width: 4,
        height: 1, bands: 4))
    let error = await #expect(throws: StageFailure.self) { _ = try await scene.load() }
    #expect(error?.message.contains("opacity") == true)
    #expect(error?.advice?.contains("\"channel\": \"alpha\"") == true)
    #expect(try await scene.load(["channel": "alpha", "editable": "black"]) == [0, 0, 255, 0])
    #expect(try await scene.load(["channel": "brightness"]) == [255, 0, 0, 0])
    for hidden in [UInt8(0), 255] {
      let strokes = try Image(
        pixels: [200, 0, 0, 255, 200, 0, 0, 130, hidden, hidden, hidden, 0, 200, 0, 0, 255] as [UInt8],
        width: 4, height: 1, bands: 4)
      #expect(try await MaskFile(strokes).load() == [255, 255, 0, 255])
    }
    let magenta = try MaskFile(Image.filled(width: 2, height: 1, colour: [255, 0, 255]).withAlpha())
    #expect(try await magenta.load(["threshold": .null]) == [105, 105])
  }

  @Test("a mask file's polarity, threshold and size are what the document says")
  func load() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "masks-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "mask.png").path(percentEncoded: false)
    try Image(pixels: [0, 100, 200, 255] as [UInt8], width: 4, height: 1, bands: 1).write(to: file)
    let path = ["path": URL(filePath: file)]
    let load = { (settings: [String: JSONValue]) in
      try await outputs(of: LoadMask.self, settings, paths: path)[LoadMask.mask].image.bytes
    }
    #expect(try await load([:]) == [0, 0, 255, 255])
    #expect(try await load(["threshold": .null]) == [0, 100, 200, 255])
    #expect(try await load(["threshold": .null, "editable": "black"]) == [255, 155, 55, 0])
    #expect(try await load(["threshold": 0]) == [0, 255, 255, 255])
    let error = await #expect(throws: StageFailure.self) {
      _ = try await outputs(of: LoadMask.self, [:], ["scene": [try Sample.picture(5, 1)]], paths: path)
    }
    #expect(error?.message.contains("4×1") == true && error?.message.contains("5×1") == true)
  }
}

/// A mask as a file, gone with this.
private final class MaskFile {
  private let file = FileManager.default.temporaryDirectory.appending(path: "mask-\(UUID().uuidString).png")

  init(_ image: Image) throws { try image.write(to: file.path(percentEncoded: false)) }

  deinit { try? FileManager.default.removeItem(at: file) }

  /// The pixels that mask.load makes of it.
  func load(_ settings: [String: JSONValue] = [:]) async throws -> [UInt8] {
    try await outputs(of: LoadMask.self, settings, paths: ["path": file])[LoadMask.mask].image.bytes
  }
}

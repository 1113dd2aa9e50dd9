import Foundation
import Imaging
import Testing

@Suite("merging one picture into another")
struct MergingTests {
  private static let size = (width: 90, height: 70)

  private func mask(_ isInside: (Int, Int) -> Bool) throws -> Image {
    let (width, height) = Self.size
    let values = (0..<width * height).map { isInside($0 % width, $0 / width) ? 255 : 0 as UInt8 }
    return try Image(pixels: values, width: width, height: height, bands: 1)
  }

  private func plain(_ colour: [Double]) throws -> Image {
    try Image.filled(width: Self.size.width, height: Self.size.height, colour: colour)
  }

  private func waves(_ salt: Double) throws -> Image {
    let (width, height) = Self.size
    let values = (0..<width * height * 3).map { index -> UInt8 in
      let (x, y, band) = (Double(index / 3 % width), Double(index / 3 / width), Double(index % 3))
      return UInt8(120 + 50 * sin(x / 7 + band + salt) * cos(y / 9 - salt) + 40 * sin(x * 1.7 + salt * y))
    }
    return try Image(pixels: values, width: width, height: height, bands: 3)
  }

  enum Way: String, CaseIterable {
    case feather, multiband, poisson

    func merged(_ base: Image, _ over: Image, _ mask: Image) throws -> Image {
      switch self {
      case .feather: try base.painted(with: over, through: mask.featheredInwards(width: 6))
      case .multiband: try base.mergedMultiband(with: over, through: mask)
      case .poisson: try base.mergedPoisson(with: over, through: mask)
      }
    }
  }

  @Test("colours hidden under transparency play no part", arguments: Way.allCases, [8, 16])
  func hiddenColours(way: Way, bits: Int) throws {
    let disc = try mask { x, y in (x - 45) * (x - 45) + (y - 35) * (y - 35) < 400 }
    let hole = try mask { x, y in (12..<80).contains(x) && (8..<64).contains(y) }
    let depth: SampleFormat = bits == 8 ? .uint8 : .uint16
    func picture(_ colours: Image, hiding hidden: [Double], showing shown: Image) throws -> Image {
      try shown.choosing(colours, else: plain(hidden)).tagged(as: .sRGB).withAlpha(shown.tagged(as: .grey))
        .rescaled(to: depth)
    }
    let scene = try waves(0)
    // An object of the scene's own colours, and one of others, must not change with what they hide.
    let same = try picture(scene, hiding: [0, 255, 0], showing: disc)
    let base = try scene.rescaled(to: depth)
    #expect(try way.merged(base, same, hole).difference(from: base).statistics().overall.maximum <= 1)
    // Soft edges of the same colours on an opaque scene change nothing either.
    let flat = try plain([121, 90, 63])
    let soft = try flat.withAlpha(disc.featheredInwards(width: 12).tagged(as: .grey)).rescaled(to: depth)
    let opaque = try flat.withAlpha().rescaled(to: depth)
    #expect(try way.merged(opaque, soft, hole).hasSamePixels(as: opaque))
    let unseen = try way.merged(
      flat.rescaled(to: depth), picture(flat, hiding: [0, 255, 0], showing: disc), hole)
    #expect(try unseen.hasSamePixels(as: flat.rescaled(to: depth)))
    let results = try [[0.0, 255, 0], [255, 0, 255]].map { hidden in
      try way.merged(base, picture(waves(2), hiding: hidden, showing: disc), hole)
    }
    #expect(try results[0].hasSamePixels(as: results[1]))
    // What the base hides does not matter either.
    let window = try mask { x, _ in x < 50 }
    let windows = try [[0.0, 255, 0], [255, 0, 255]].map { hidden in
      try way.merged(picture(scene, hiding: hidden, showing: window), waves(2).rescaled(to: depth), hole)
        .cropped(x: 14, y: 10, width: 64, height: 50)
    }
    let seen = try windows.map { try $0.alpha()!.compared(.notEqual, to: 0).tagged(as: .multiband) }
    let colours = try zip(windows, seen).map {
      try $1.choosing($0.withoutAlpha(), else: $0.withoutAlpha().filled(with: [0]))
    }
    #expect(
      try colours[0].difference(from: colours[1]).statistics().overall.maximum <= Double(bits == 8 ? 1 : 257))
  }

  @Test(
    "in the middle of thin parts the other picture stands in full", arguments: [Way.feather, .multiband],
    [1, 2, 4, 12])
  func thinParts(way: Way, thickness: Int) throws {
    let lines = try mask { x, y in
      (20..<20 + thickness).contains(x) && (5..<65).contains(y)
        || (x - 65) * (x - 65) + (y - 35) * (y - 35) < 400
    }
    let (base, over) = (try waves(0), try waves(2))
    let merged = try way.merged(base, over, lines)
    for point in [(20 + thickness / 2, 35), (65, 35)] {
      #expect(try merged.pixel(x: point.0, y: point.1) == over.pixel(x: point.0, y: point.1))
    }
  }

  @Test("a mask that covers everything gives the other picture", arguments: [Way.feather, .multiband])
  func everything(way: Way) throws {
    let (base, over) = (try waves(0), try waves(2))
    #expect(try way.merged(base, over, mask { _, _ in true }).hasSamePixels(as: over))
    #expect(throws: ImagingError.self) { try Way.poisson.merged(base, over, mask { _, _ in true }) }
  }

  @Test("statistics of colours count by opacity")
  func statistics() throws {
    let left = try mask { x, _ in x < 30 }
    let all = try mask { _, _ in true }
    let shown = try #require(try ColourStatistics(of: waves(0), within: left))
    let cut = try #require(try ColourStatistics(of: waves(0).withAlpha(left), within: all))
    #expect(shown == cut)
    #expect(try ColourStatistics(of: waves(0).withAlpha(plain([0])), within: all) == nil)
  }

  @Test("a pasted exemplar leaves the scene where it is transparent, and mixes where it is half so")
  func pasting() throws {
    let exemplar = try Image(
      pixels: [200, 100, 50, 255, 0, 255, 0, 0, 100, 100, 100, 128, 9, 9, 9, 255] as [UInt8], width: 2,
      height: 2, bands: 4)
    let scene = try plain([20, 40, 60])
    let hole = try mask { x, y in (10..<12).contains(x) && (6..<8).contains(y) }
    let pasted = try #require(try scene.pasting(exemplar, into: hole, .stretch))
    #expect(
      try pasted.image.pixel(x: 10, y: 6) == [200, 100, 50]
        && pasted.image.pixel(x: 11, y: 6) == [20, 40, 60])
    #expect(try pasted.image.pixel(x: 10, y: 7) == [60, 70, 80])
    #expect(try pasted.covered.statistics().overall.sum == 3 * 255)
    #expect(try pasted.object.pixel(x: 10, y: 7) == [100, 100, 100, 128])
    #expect(try pasted.object.alpha()!.statistics().overall.sum == 255 + 128 + 255)
    #expect(try scene.painted(with: pasted.object, through: hole).hasSamePixels(as: pasted.image))
  }
}

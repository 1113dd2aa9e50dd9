import Imaging
import Testing

@Suite("Growing, shrinking, measuring")
struct MorphologyTests {
  static let width = 41, height = 27

  /// The definition, pixel by pixel.
  static func reference(_ samples: [UInt8], radius: Double, _ pick: (UInt8, UInt8) -> UInt8) -> [UInt8] {
    (0..<width * height).map { index in
      let (x, y) = (index % width, index / width)
      var best = samples[index]
      for v in 0..<height {
        for u in 0..<width where Double((u - x) * (u - x) + (v - y) * (v - y)) <= radius * radius {
          best = pick(best, samples[v * width + u])
        }
      }
      return best
    }
  }

  static let sparse: [UInt8] = Fixture.samples(width * height, as: UInt8.self).map { $0 > 250 ? 255 : 0 }
  static let soft: [UInt8] = Fixture.samples(width * height, as: UInt8.self)

  @Test("a disc grows and shrinks exactly as defined", arguments: [0, 1, 1.5, 2, 3.7, 9, 60])
  func discs(radius: Double) throws {
    for samples in [Self.sparse, Self.soft] {
      let picture = try Image(pixels: samples, width: Self.width, height: Self.height, bands: 1)
      #expect(try picture.dilated(radius: radius).pixels() == Self.reference(samples, radius: radius, max))
      #expect(try picture.eroded(radius: radius).pixels() == Self.reference(samples, radius: radius, min))
    }
  }

  @Test("distances are exact")
  func distances() throws {
    let picture = try Image(pixels: Self.sparse, width: Self.width, height: Self.height, bands: 1)
    let distances = try picture.distanceToNonzero().pixels(as: Float.self)
    for index in distances.indices {
      let (x, y) = (index % Self.width, index / Self.width)
      let marked = Self.sparse.indices.filter { Self.sparse[$0] > 0 }
      let nearest = marked.map {
        ($0 % Self.width - x) * ($0 % Self.width - x) + ($0 / Self.width - y) * ($0 / Self.width - y)
      }.min()!
      #expect(distances[index] == Float(nearest).squareRoot())
    }
    let empty = try Image.filled(width: 5, height: 3, colour: [0])
    #expect(try empty.distanceToNonzero().pixels(as: Float.self).allSatisfy { $0 == .infinity })
    #expect(try empty.dilated(radius: 2).statistics().overall.maximum == 0)
    #expect(try empty.inverted().eroded(radius: 2).statistics().overall.minimum == 255)
  }

  @Test("statistics and bounds are those of the values")
  func statistics() throws {
    let picture = try Image(
      pixels: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 255] as [UInt8], width: 2, height: 2, bands: 3)
    let statistics = try picture.statistics()
    #expect(statistics.overall.maximum == 255 && statistics.bands[0].minimum == 0)
    #expect(statistics.bands[1].mean == 5.5 && statistics.bands[2].sum == 2 + 5 + 8 + 255)
    let dot = try Image.filled(width: 30, height: 20, colour: [0])
      .inserting(Image.filled(width: 4, height: 3, colour: [1]), x: 7, y: 11)
    let box = try #require(try dot.boundsOfNonzero())
    #expect(box == (7, 11, 4, 3))
    #expect(try Image.filled(width: 5, height: 4, colour: [0, 0, 0]).boundsOfNonzero() == nil)
  }

  @Test("arithmetic and choices go pixel by pixel")
  func arithmetic() throws {
    let a = try Image(pixels: [10, 20, 30, 40] as [UInt8], width: 4, height: 1, bands: 1)
    let b = try Image(pixels: [40, 30, 20, 10] as [UInt8], width: 4, height: 1, bands: 1)
    #expect(try a.difference(from: b).cast(to: .uint8).pixels(as: UInt8.self) == [30, 10, 10, 30])
    #expect(try a.maximum(b).pixels(as: UInt8.self) == [40, 30, 30, 40])
    #expect(try a.minimum(b).pixels(as: UInt8.self) == [10, 20, 20, 10])
    #expect(try a.clamped(to: 15...35).pixels(as: UInt8.self) == [15, 20, 30, 35])
    #expect(try a.thresholded(at: 30).pixels(as: UInt8.self) == [0, 0, 255, 255])
    #expect(try a.inverted().pixels(as: UInt8.self) == [245, 235, 225, 215])
    #expect(try a.thresholded(at: 30).choosing(a, else: b).pixels(as: UInt8.self) == [40, 30, 30, 40])
    #expect(try a.linear(2, 1).cast(to: .uint8).pixels(as: UInt8.self) == [21, 41, 61, 81])
  }

  @Test("a blur keeps the mean and the format", arguments: [SampleFormat.uint8, .uint16, .float])
  func blur(format: SampleFormat) throws {
    let dot = try Image.filled(width: 41, height: 41, colour: [0])
      .inserting(Image.filled(width: 11, height: 11, colour: [255]), x: 15, y: 15).rescaled(to: format)
    let soft = try dot.blurred(sigma: 3)
    #expect(soft.format == format)
    let change = try abs(soft.statistics().overall.mean / dot.statistics().overall.mean - 1)
    #expect(change < 0.02)
    #expect(try soft.pixel(x: 20, y: 20)[0] < dot.pixel(x: 20, y: 20)[0])
  }
}

import Imaging
import Testing

@Suite("Geometry")
struct GeometryTests {
  @Test("resizing gives exactly the size asked for", arguments: Kernel.allCases)
  func exactSize(kernel: Kernel) throws {
    let picture = try Fixture.rgb(width: 97, height: 61)
    for (width, height) in [(1, 1), (31, 200), (96, 60), (100, 61), (389, 7), (97, 62)] {
      let resized = try picture.resized(width: width, height: height, kernel: kernel)
      #expect((resized.width, resized.height) == (width, height))
      #expect(resized.format == .uint8 && resized.interpretation == .sRGB)
    }
  }

  @Test("a flat colour stays that colour in every depth", arguments: [SampleFormat.uint8, .uint16, .float])
  func flat(format: SampleFormat) throws {
    let colour = [0.25, 0.5, 0.75].map {
      ($0 * format.fullScale).rounded(format == .float ? .toNearestOrEven : .down)
    }
    let exact = format == .float ? [0.25, 0.5, 0.75] : colour
    let picture = try Image.filled(width: 40, height: 30, colour: exact, format: format).withAlpha()
    let bigger = try picture.resized(width: 71, height: 53)
    #expect(bigger.format == format && bigger.hasAlpha)
    let values = try bigger.pixel(x: 35, y: 20)
    for (value, expected) in zip(values, exact + [format.fullScale]) {
      #expect(abs(value - expected) <= (format == .float ? 1e-5 : 1), "\(values)")
    }
  }

  @Test("invisible colours do not bleed when a picture shrinks")
  func premultiplied() throws {
    let red = try Image.filled(width: 16, height: 16, colour: [255, 0, 0, 0])
    let blue = try Image.filled(width: 16, height: 16, colour: [0, 0, 255, 255])
    let picture = try red.embedded(x: 0, y: 0, width: 32, height: 16).inserting(blue, x: 15, y: 0)
    let small = try picture.resized(width: 11, height: 5, kernel: .linear)
    for x in 0..<11 {
      let pixel = try small.pixel(x: x, y: 2)
      #expect(pixel[0] == 0 || pixel[3] == 0, "\(pixel)")
    }
  }

  @Test("cropping and inserting undo each other, and outside is an error")
  func crop() throws {
    let picture = try Fixture.rgb()
    let part = try picture.cropped(x: 30, y: 2, width: 7, height: 21)
    #expect(try picture.inserting(part, x: 30, y: 2).hasSamePixels(as: picture))
    #expect(throws: ImagingError.self) { try picture.cropped(x: 31, y: 2, width: 7, height: 21) }
    #expect(throws: ImagingError.self) { try picture.cropped(x: -1, y: 0, width: 2, height: 2) }
    #expect(throws: ImagingError.self) { try picture.cropped(x: .max, y: 0, width: 2, height: 2) }
  }

  @Test("four quarter turns and two flips come back")
  func turns() throws {
    let picture = try Fixture.rgb()
    let turned = try picture.rotated(quarterTurns: 1)
    #expect((turned.width, turned.height) == (23, 37))
    #expect(try turned.rotated(quarterTurns: 3).hasSamePixels(as: picture))
    #expect(try turned.rotated(quarterTurns: -1).hasSamePixels(as: picture))
    #expect(try picture.flipped(.horizontal).flipped(.horizontal).hasSamePixels(as: picture))
    #expect(try picture.flipped(.horizontal).pixel(x: 0, y: 4) == picture.pixel(x: 36, y: 4))
  }

  @Test("sampling at its own coordinates is the identity")
  func mapim() throws {
    let picture = try Fixture.rgb()
    let coordinates = try Image.coordinates(width: 37, height: 23)
    #expect(try picture.sampled(at: coordinates, interpolator: .nearest).hasSamePixels(as: picture))
    #expect(throws: ImagingError.self) { try picture.sampled(at: picture) }
  }

  @Test("an affine shift moves pixels by whole steps")
  func affine() throws {
    let picture = try Fixture.rgb()
    let moved = try picture.transformed(
      matrix: [1, 0, 0, 1], dx: 5, dy: 3, canvas: (0, 0, 37, 23), interpolator: .nearest)
    #expect((moved.width, moved.height) == (37, 23))
    #expect(try moved.pixel(x: 20, y: 10) == picture.pixel(x: 15, y: 7))
    #expect(try moved.pixel(x: 2, y: 1) == [0, 0, 0])
  }
}

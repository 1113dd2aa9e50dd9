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

  @Test(
    "nor where it is resized, turned, moved, warped or blurred", arguments: [SampleFormat.uint8, .uint16])
  func hiddenColours(format: SampleFormat) throws {
    let full = format.fullScale
    let hidden = try Image.filled(width: 40, height: 30, colour: [0, full, 0, 0], format: format)
    let shown = [0.8, 0.2, 0.1].map { ($0 * full).rounded() }
    let patch = try Image.filled(width: 17, height: 11, colour: shown + [full], format: format)
    let picture = try hidden.inserting(patch, x: 12, y: 9).tagged(as: format == .uint8 ? .sRGB : .rgb16)
    let shift = { (x: Double, y: Double) in
      try Image.coordinates(width: 40, height: 30).linear([1, 1], [x, y])
    }
    let results = [
      try picture.resized(width: 71, height: 23), try picture.rotated(degrees: 33),
      try picture.rotated(degrees: -7, interpolator: .bilinear, background: [0, 0, full, 0]),
      try picture.transformed(matrix: [1.3, 0.2, -0.1, 0.7], dx: 0.3),
      try picture.transformed(matrix: [1, 0, 0, 1], dx: 0.3, dy: 0.6, interpolator: .bilinear),
      try picture.sampled(at: shift(0.3, 0.4)),
      try picture.sampled(at: shift(5.5, 0), interpolator: .bilinear),
      try picture.warped(by: Warp(width: 40, height: 30).rotated(degrees: 20)),
      try picture.blurred(sigma: 2), try picture.boxBlurred(size: 5),
      try picture.blurredMirroring(sigma: 1.5),
    ]
    for (number, result) in try results.map({ try $0.inMemory() }).enumerated() {
      var partly = 0
      for y in 0..<result.height {
        for x in 0..<result.width {
          let pixel = try result.pixel(x: x, y: y)
          guard pixel[3] > 0.03 * full else { continue }
          if pixel[3] < full { partly += 1 }
          for (value, expected) in zip(pixel, shown) {
            #expect(abs(value - expected) <= 1, "result \(number) at \(x), \(y): \(pixel)")
          }
        }
      }
      #expect(partly > 20, "result \(number)")
    }
  }

  @Test("turned by degrees, a picture keeps its middle and grows by its corners")
  func degrees() throws {
    let picture = try Fixture.rgb(width: 41, height: 21)
    #expect(try picture.rotated(degrees: 90).hasSamePixels(as: picture.rotated(quarterTurns: 1)))
    #expect(try picture.rotated(degrees: -180).hasSamePixels(as: picture.rotated(quarterTurns: 2)))
    let turned = try picture.rotated(degrees: 30)
    // The corners' box: w cos + h sin, w sin + h cos.
    #expect(abs(turned.width - 46) <= 1 && abs(turned.height - 39) <= 1, "\(turned)")
    let flat = try Image.filled(width: 21, height: 21, colour: [9, 8, 7]).rotated(
      degrees: 45, background: [1, 2, 3])
    #expect(try flat.pixel(x: flat.width / 2, y: flat.height / 2) == [9, 8, 7])
    #expect(try flat.pixel(x: 0, y: 0) == [1, 2, 3])
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

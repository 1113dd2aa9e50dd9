import Foundation
import Imaging
import Testing

@Suite("Resampling")
struct ResamplingTests {
  /// A wave of 16 pixels across, its phase counted from the picture's left edge, in one row after another.
  private static func wave(_ width: Int, _ height: Int, of format: SampleFormat, alpha: Bool) throws -> Image
  {
    let values = (0..<width * height).map { index in
      Float(0.5 + 0.4 * sin(2 * .pi * (Double(index % width) + 0.5) / 16))
    }
    let grey = try Image(pixels: values, width: width, height: height, bands: 1)
    let picture = alpha ? try grey.withAlpha() : grey
    return try picture.rescaled(to: format)
  }

  /// By how many pixels of the picture that was resized a wave of 16 of them lies too far right.
  private static func shift(_ image: Image, factor: Double) throws -> Double {
    let row = try image.extractingBands(from: 0).cast(to: .double).pixels(as: Double.self).prefix(image.width)
    let mean = row.reduce(0, +) / Double(row.count)
    var (sine, cosine) = (0.0, 0.0)
    for (x, value) in row.enumerated() {
      let angle = 2 * .pi * (Double(x) + 0.5) / factor / 16
      sine += (value - mean) * sin(angle)
      cosine += (value - mean) * cos(angle)
    }
    return atan2(-cosine, sine) * 16 / (2 * .pi)
  }

  @Test(
    "nothing moves, whatever the scale, the kernel, the depth and the direction", arguments: Kernel.allCases)
  func centred(kernel: Kernel) throws {
    for (format, alpha) in [
      (SampleFormat.uint8, false), (.uint8, true), (.uint16, false), (.float, false), (.float, true),
    ] {
      let wave = try Self.wave(128, 5, of: format, alpha: alpha)
      for width in [64, 96, 100, 127, 129, 192, 256, 300, 1024] {
        let factor = Double(width) / 128
        let across = try wave.resized(width: width, height: 3, kernel: kernel)
        let down = try wave.rotated(quarterTurns: 1).resized(width: 7, height: width, kernel: kernel)
          .rotated(quarterTurns: 3)
        for resized in [across, down] {
          #expect((resized.format, resized.hasAlpha) == (format, alpha))
          // Nearest is centred on average only where the factor is whole.
          let tolerance = kernel == .nearest ? (width % 128 == 0 ? 0.01 : 0.51) : 0.01
          let moved = try Self.shift(resized, factor: factor)
          #expect(abs(moved) < tolerance, "\(width), \(format): \(moved) px")
        }
      }
    }
  }

  @Test("known weights: a step doubled by linear, by Catmull–Rom, by Lanczos; halved by linear")
  func known() throws {
    let step = try Image(
      pixels: [0, 0, 0, 0, 1, 1, 1, 1] as [Float], width: 8, height: 1, bands: 1)
    func middle(_ kernel: Kernel) throws -> [Float] {
      Array(try step.resized(width: 16, height: 1, kernel: kernel).pixels(as: Float.self)[5...10])
    }
    func expect(_ values: [Float], _ expected: [Double]) {
      for (value, right) in zip(values, expected) { #expect(abs(Double(value) - right) < 1e-4, "\(values)") }
    }
    expect(try middle(.nearest), [0, 0, 0, 1, 1, 1])
    expect(try middle(.linear), [0, 0, 0.25, 0.75, 1, 1])
    // Catmull–Rom at ¼ and ¾ of a pixel: −9/128, 111/128, 29/128, −3/128.
    expect(try middle(.cubic), [-3.0 / 128, -9.0 / 128, 26.0 / 128, 102.0 / 128, 137.0 / 128, 131.0 / 128])
    let half = try step.resized(width: 4, height: 1, kernel: .linear).pixels(as: Float.self)
    expect(half, [0, 0.125, 0.875, 1])
  }

  @Test("mirroring and resizing may be exchanged, at the edges too", arguments: Kernel.allCases)
  func symmetric(kernel: Kernel) throws {
    let picture = try Fixture.rgb().withAlpha()
    for (width, height) in [(90, 61), (20, 9), (37, 11), (3, 70)] where kernel != .nearest {
      let first = try picture.flipped(.horizontal).resized(width: width, height: height, kernel: kernel)
      let second = try picture.resized(width: width, height: height, kernel: kernel).flipped(.horizontal)
      #expect(try first.difference(from: second).statistics().overall.maximum <= 1)
    }
  }

  @Test("a picture resized in parts and on many threads is the picture resized at once")
  func parts() throws {
    let picture = try Fixture.rgb(width: 300, height: 200)
    let whole = try picture.resized(width: 433, height: 617).inMemory()
    let part = try picture.resized(width: 433, height: 617).cropped(x: 211, y: 300, width: 77, height: 90)
    #expect(try part.hasSamePixels(as: whole.cropped(x: 211, y: 300, width: 77, height: 90)))
  }

  @Test("a file read once from the top is resized too")
  func sequential() throws {
    let folder = try ScratchFolder()
    let picture = try Fixture.rgb(width: 200, height: 900)
    let path = try folder.write(picture.encoded(as: .png), to: "tall.png")
    let lazy = try Image.load(from: path, options: LoadOptions(access: .sequential))
    #expect(try lazy.resized(width: 31, height: 77).hasSamePixels(as: picture.resized(width: 31, height: 77)))
  }

  @Test("complex numbers are refused")
  func complex() throws {
    let wave = try Vips.image(
      "complexform",
      [
        "left": .image(.filled(width: 4, height: 4, colour: [1])),
        "right": .image(.filled(width: 4, height: 4, colour: [1])),
      ])
    #expect(throws: ImagingError.self) { try wave.resized(width: 8, height: 8) }
  }

  @Test("a square's mean reflects at the edge pixels' middles, however small the picture")
  func boxBlur() throws {
    let ramp = try Image(pixels: [0, 30, 90, 240] as [UInt8], width: 4, height: 1, bands: 1)
    #expect(try ramp.boxBlurred(size: 3).pixels(as: UInt8.self) == [20, 40, 120, 140])
    // 90 30 | 0 30 90 240 | 90 30, and 0 30 90 240 90 30 0 for seven.
    #expect(try ramp.boxBlurred(size: 5).pixels(as: UInt8.self) == [48, 78, 90, 96])
    let dot = try Image.filled(width: 1, height: 1, colour: [77])
    #expect(try dot.boxBlurred(size: 99).pixels(as: UInt8.self) == [77])
  }

  @Test("a smaller mask marks whatever the larger one marked some of", arguments: [1, 3, 7, 29, 30])
  func largest(size: Int) throws {
    for place in 0..<30 {
      var values = [UInt8](repeating: 0, count: 900)
      values[place * 30 + 29 - place] = 140
      let small = try Image(pixels: values, width: 30, height: 30, bands: 1)
        .shrunkToLargest(width: size, height: size)
      #expect((small.width, small.height) == (size, size))
      #expect(try small.pixel(x: (29 - place) * size / 30, y: place * size / 30) == [140])
      #expect(try small.statistics().overall.maximum == 140)
    }
    #expect(throws: ImagingError.self) {
      try Image.filled(width: 3, height: 3, colour: [1]).shrunkToLargest(width: 4, height: 3)
    }
  }
}

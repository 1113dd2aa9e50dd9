import Foundation
import Imaging
import Testing

@Suite("Measuring likeness and seams")
struct MeasuringTests {
  private func colours(_ image: Image, within mask: Image? = nil) throws -> ColourDistribution {
    try #require(try ColourDistribution(of: image, within: mask))
  }

  private func edges(_ image: Image, within mask: Image? = nil) throws -> EdgeHistograms {
    try #require(try EdgeHistograms(of: image, within: mask))
  }

  private func box(_ x: Int, _ y: Int, _ side: Int, in image: Image) throws -> Image {
    try Image.filled(width: side, height: side, colour: [255])
      .embedded(x: x, y: y, width: image.width, height: image.height)
  }

  @Test(
    "two plain colours are as far apart as CIE 1976 says", arguments: [SampleFormat.uint8, .uint16, .float])
  func plainColours(format: SampleFormat) throws {
    let red = try Image.filled(width: 30, height: 20, colour: [255, 0, 0]).rescaled(to: format)
    let green = try Image.filled(width: 7, height: 50, colour: [0, 255, 0]).rescaled(to: format)
    // Lab (53.24, 80.09, 67.20) and (87.74, −86.18, 83.18).
    let expected = (34.5 * 34.5 + 166.27 * 166.27 + 15.98 * 15.98).squareRoot()
    #expect(abs(try colours(red).distance(to: colours(green)) / expected - 1) < 0.03)
    #expect(try colours(red).distance(to: colours(red)) == 0)
  }

  @Test("shares count: half a picture's colours moved is half the distance")
  func shares() throws {
    let grey = try Image.filled(width: 40, height: 40, colour: [100, 100, 100])
    let light = try Image.filled(width: 20, height: 40, colour: [200, 200, 200])
    let all = try colours(grey).distance(to: colours(light))
    #expect(
      abs(try colours(grey.inserting(light, x: 0, y: 0)).distance(to: colours(grey)) / all - 0.5) < 0.01)
  }

  @Test("what lies outside the mask, and what is transparent, does not count")
  func weights() throws {
    let blue = try Image.filled(width: 16, height: 12, colour: [20, 40, 200])
    let scene = try Image.filled(width: 50, height: 40, colour: [240, 200, 10]).inserting(blue, x: 20, y: 10)
    let mask = try Image.filled(width: 16, height: 12, colour: [255])
      .embedded(x: 20, y: 10, width: 50, height: 40)
    #expect(try colours(scene, within: mask).distance(to: colours(blue)) == 0)
    #expect(try colours(scene.withAlpha(mask)).distance(to: colours(blue)) == 0)
    #expect(try colours(scene).distance(to: colours(blue)) > 50)
    let nothing = try mask.linear(0, 0).cast(to: .uint8)
    #expect(try ColourDistribution(of: scene, within: nothing) == nil)
    #expect(try EdgeHistograms(of: scene.withAlpha(nothing)) == nil)
  }

  @Test("grey pictures have colours and edges like the same in RGB")
  func grey() throws {
    let one = try Image(pixels: (0..<64 * 48).map { UInt8($0 * 5 % 256) }, width: 64, height: 48, bands: 1)
    let three = try Image.joiningBands([one, one, one]).tagged(as: .sRGB)
    #expect(try colours(one).distance(to: colours(three)) < 1)
    #expect(try edges(one).similarity(to: edges(three))! > 0.99)
  }

  /// A bright disc or square on a darker ground.
  private func shape(_ side: Int, isRound: Bool, bits: Int = 8) throws -> Image {
    let values = (0..<side * side).map { index -> Int in
      let (x, y) = (Double(index % side) / Double(side) - 0.5, Double(index / side) / Double(side) - 0.5)
      let isIn = isRound ? x * x + y * y < 0.12 : max(abs(x), abs(y)) < 0.31
      return isIn ? 200 : 60
    }
    return bits == 8
      ? try Image(pixels: values.map { UInt8($0) }, width: side, height: side, bands: 1)
      : try Image(pixels: values.map { UInt16($0 * 257) }, width: side, height: side, bands: 1)
  }

  @Test("edges tell shapes apart, whatever their size, brightness and depth")
  func shapes() throws {
    let disc = try edges(shape(100, isRound: true))
    let square = try edges(shape(100, isRound: false))
    #expect(disc.similarity(to: disc)! > 0.9999)
    #expect(try disc.similarity(to: edges(shape(160, isRound: true, bits: 16)))! > 0.9)
    #expect(try disc.similarity(to: edges(shape(100, isRound: true).inverted()))! > 0.99)
    #expect(disc.similarity(to: square)! < 0.6, "\(disc.similarity(to: square)!)")
    #expect(disc.similarity(to: square) == square.similarity(to: disc))
  }

  @Test("noise, which has edges everywhere, is like nothing")
  func noise() throws {
    var state: UInt64 = 3
    let values = (0..<80 * 80 * 3).map { _ -> UInt8 in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(state >> 56)
    }
    let noise = try edges(Image(pixels: values, width: 80, height: 80, bands: 3))
    #expect(try abs(noise.similarity(to: edges(shape(100, isRound: true)))!) < 0.25)
    #expect(try abs(noise.similarity(to: edges(shape(100, isRound: false)))!) < 0.25)
  }

  @Test("an edge between two colours of one lightness is an edge")
  func colourEdge() throws {
    // Both have L* 53.
    let red = try Image.filled(width: 40, height: 40, colour: [255, 0, 0])
    let grey = try Image.filled(width: 20, height: 40, colour: [127, 127, 127])
    #expect(try !edges(red.inserting(grey, x: 0, y: 0)).isFlat)
  }

  @Test("the mask's own rim is no edge, and a picture without edges is unlike one with, and not like another")
  func flat() throws {
    let plain = try Image.filled(width: 60, height: 60, colour: [90, 30, 30])
    let cut = try plain.withAlpha(box(20, 20, 25, in: plain))
    #expect(try edges(cut).isFlat && edges(plain, within: box(10, 10, 30, in: plain)).isFlat)
    #expect(try edges(plain).similarity(to: edges(shape(64, isRound: true))) == 0)
    #expect(try edges(plain).similarity(to: edges(cut)) == nil)
  }

  /// Smooth waves with noise on them, like a photograph's ground.
  private func ground(bits: Int = 8, salt: Double = 0) throws -> Image {
    var state: UInt64 = 7
    let values = (0..<120 * 90 * 3).map { index -> Double in
      let (x, y, band) = (Double(index / 3 % 120), Double(index / 360), Double(index % 3))
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let noise = Double(state >> 40) / Double(1 << 24) * 8
      return 110 + salt + 40 * sin(x / 17 + band) * cos(y / 13 - salt) + noise
    }
    return bits == 8
      ? try Image(pixels: values.map { UInt8($0) }, width: 120, height: 90, bands: 3)
      : try Image(pixels: values.map { UInt16($0 * 257) }, width: 120, height: 90, bands: 3)
  }

  @Test("no seam is seen in an untouched picture, one is after a hard paste", arguments: [8, 16])
  func seam(bits: Int) throws {
    let scene = try ground(bits: bits)
    let mask = try box(40, 25, 37, in: scene)
    let untouched = try #require(try Seam(of: scene, along: mask))
    #expect(abs(untouched.visibility - 1) < 0.15, "\(untouched)")
    let pasted = try scene.painted(with: ground(bits: bits, salt: 60), through: mask)
    let hard = try #require(try Seam(of: pasted, along: mask))
    #expect(hard.visibility > 3, "\(hard)")
    let soft = try scene.painted(
      with: ground(bits: bits, salt: 60), through: mask.featheredInwards(width: 10))
    let feathered = try #require(try Seam(of: soft, along: mask))
    #expect(feathered.visibility < 1.3, "\(feathered)")
    // A soft seam is found by looking further.
    let far = try #require(try Seam(of: soft, along: mask, distance: 6))
    #expect(
      try far.visibility > 1.1 * #require(try Seam(of: scene, along: mask, distance: 6)).visibility, "\(far)")
  }

  @Test("the jump across the rim is that of the two colours, in either direction and at the picture's edge")
  func jump() throws {
    let black = try Image.filled(width: 40, height: 30, colour: [0, 0, 0])
    let white = try Image.filled(width: 15, height: 30, colour: [255, 255, 255])
    let mask = try Image.filled(width: 15, height: 30, colour: [255])
      .embedded(x: 0, y: 0, width: 40, height: 30)
    let seam = try #require(try Seam(of: black.inserting(white, x: 0, y: 0), along: mask))
    #expect(abs(seam.across - 100) < 0.1 && seam.inside == 0 && seam.outside == 0)
    #expect(abs(seam.visibility - 101) < 0.1)
    let turned = try #require(
      try Seam(
        of: black.inserting(white, x: 0, y: 0).rotated(quarterTurns: 1), along: mask.rotated(quarterTurns: 1))
    )
    #expect(turned == seam)
  }

  @Test("a mask without a rim, or too thin for one, has no seam to measure")
  func noRim() throws {
    let scene = try ground()
    #expect(try Seam(of: scene, along: Image.filled(width: 120, height: 90, colour: [255])) == nil)
    #expect(try Seam(of: scene, along: Image.filled(width: 120, height: 90, colour: [0])) == nil)
    #expect(try Seam(of: scene, along: box(40, 25, 2, in: scene)) == nil)
  }
}

import Imaging
import Testing

@Suite("soft edges of masks")
struct FeatherTests {
  /// 255 where `isInside` says so.
  private func mask(_ width: Int, _ height: Int, _ isInside: (Int, Int) -> Bool) throws -> Image {
    let values = (0..<width * height).map { isInside($0 % width, $0 / width) ? 255 : 0 as UInt8 }
    return try Image(pixels: values, width: width, height: height, bands: 1)
  }

  private func row(_ image: Image, _ y: Int, _ columns: Range<Int>) throws -> [UInt8] {
    let values = try image.pixels(as: UInt8.self)
    return columns.map { values[y * image.width + $0] }
  }

  @Test(
    "a ramp rises evenly across a straight edge, measured from pixels' centres",
    arguments: [
      (6.0, FeatherSide.both, [0, 21, 64, 106, 149, 191, 234, 255] as [UInt8]),
      (2, .both, [0, 0, 0, 64, 191, 255, 255, 255]), (1, .both, [0, 0, 0, 0, 255, 255, 255, 255]),
      (1, .inside, [0, 0, 0, 0, 128, 255, 255, 255]), (1, .outside, [0, 0, 0, 128, 255, 255, 255, 255]),
      (4, .inside, [0, 0, 0, 0, 32, 96, 159, 223]), (4, .outside, [32, 96, 159, 223, 255, 255, 255, 255]),
    ])
  func straightEdge(width: Double, side: FeatherSide, expected: [UInt8]) throws {
    let half = try mask(40, 30) { x, _ in x >= 20 }
    #expect(try row(half.feathered(width: width, side), 15, 16..<24) == expected)
    let turned = try half.rotated(quarterTurns: 1).feathered(width: width, side).rotated(quarterTurns: 3)
    #expect(try row(turned, 15, 16..<24) == expected)
    if side == .inside {
      #expect(try row(half.featheredInwards(width: width), 15, 16..<24) == expected, "one ramp for both")
    }
  }

  @Test("boxes and discs have the ramp all around, corners included", arguments: [1.0, 3, 6, 12.5])
  func allAround(width: Double) throws {
    let box = try mask(70, 60) { x, y in (10..<60).contains(x) && (8..<50).contains(y) }
    let disc = try mask(90, 90) { x, y in (x - 45) * (x - 45) + (y - 45) * (y - 45) < 1600 }
    for shape in [box, disc] {
      let distance = try shape.compared(.equal, to: 0).distanceToNonzero()
      let expected = try distance.linear(255 / width, -127.5 / width).clamped(to: 0...255).cast(to: .uint8)
      let soft = try shape.featheredInwards(width: width)
      // A disc's edge is made of steps, where depth is not quite even.
      let limit = shape === box ? 1.0 : 6
      #expect(try soft.difference(from: expected).statistics().overall.maximum <= limit)
    }
  }

  @Test("the middle of thin parts is full, whatever the width", arguments: [1, 2, 3, 4, 5, 9, 12])
  func thinParts(thickness: Int) throws {
    let line = try mask(60, 80) { x, y in (20..<20 + thickness).contains(x) && (5..<75).contains(y) }
    for width in [3.0, 6, 40] {
      let soft = try row(line.featheredInwards(width: width), 40, 20..<20 + thickness)
      #expect(soft[thickness / 2] == 255 && soft == soft.reversed(), "\(soft)")
      #expect(try row(line.feathered(width: width), 40, 20..<20 + thickness)[thickness / 2] == 255)
    }
    let slanted = try mask(80, 80) { x, y in abs(x - y) * 2 < thickness + 1 && (10..<70).contains((x + y) / 2)
    }
    let soft = try slanted.featheredInwards(width: 6).pixels(as: UInt8.self)
    #expect((20..<60).allSatisfy { soft[$0 * 80 + $0] >= 250 }, "the middle of a slanted line")
  }

  @Test("a thin part that hangs on a thick one is full beyond the thick one's own soft edge")
  func handle() throws {
    let cup = try mask(100, 60) { x, y in
      x < 40 ? (10..<50).contains(y) && x >= 5 : (29..<31).contains(y) && x < 90
    }
    let soft = try cup.featheredInwards(width: 6)
    let handle = try row(soft, 29, 40..<90)
    #expect(handle.dropFirst(9).allSatisfy { $0 == 255 }, "\(handle)")
    #expect(handle[0] < 60, "where it begins it is part of the thick one's edge")
    #expect(try row(soft, 20, 5..<40)[0] == 21, "the thick part's ramp is that of its own depth")
  }

  @Test(
    "a mask that covers everything stays full; one that is empty stays empty; soft values are kept in the middle"
  )
  func extremes() throws {
    for level in [0.0, 255, 90] {
      let plain = try Image.filled(width: 30, height: 20, colour: [level])
      #expect(try plain.featheredInwards(width: 6).hasSamePixels(as: plain))
    }
    let faint = try mask(40, 40) { x, _ in x >= 10 }.linear(100 / 255, 0).cast(to: .uint8)
    #expect(try row(faint.featheredInwards(width: 4), 20, 9..<15) == [0, 12, 38, 62, 88, 100])
  }
}

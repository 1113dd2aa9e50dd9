/// How much a picture jumps where a mask's rim is, against how much it jumps beside it.
///
/// The idea is that of measures of blocking (H. R. Wu, M. Yuen, "A generalized block-edge impairment metric for video
/// coding", 1997): differences across a known border, over differences of the same direction nearby. Content, texture and
/// noise are on both sides of the fraction; only what came with the rim is above it alone.
package struct Seam: Sendable, Hashable {
  /// The mean jump across the rim, in ΔE*ab.
  package let across: Double
  /// The mean jump inside the mask, two and three `distance`s from the rim, in the same direction.
  package let inside: Double
  /// The same outside the mask.
  package let outside: Double

  /// The jump across the rim over the mean of those beside it: 1 where nothing tells the rim, as in a picture nobody
  /// touched. A jump of 1 ΔE, which nobody sees, is added to both, so that smooth pictures have no seam of rounding.
  package var visibility: Double { (across + 1) / ((inside + outside) / 2 + 1) }

  /// Measured along the rim of a mask; nil where there is none, or not enough on either side of it to compare with.
  /// - Parameters:
  ///   - image: of any colour space and depth; what is transparent shows mid-grey.
  ///   - mask: one band of 8 bits, of the picture's size; inside is where it is at least half.
  ///   - distance: pixels from one side of a jump to the other. More than 1 finds soft seams, too.
  package init?(of image: Image, along mask: Image, distance: Int = 1, monitor: EvaluationMonitor? = nil)
    throws
  {
    precondition(distance >= 1, "a jump of no pixels is none")
    guard (mask.width, mask.height) == (image.width, image.height) else {
      throw ImagingError.invalid(
        "the mask is \(mask.sizeDescription), the picture \(image.sizeDescription)")
    }
    let inside = try mask.thresholded(at: 128)
    guard let box = try inside.boundsOfNonzero(monitor: monitor) else { return nil }
    let part = grown(box, by: 4 * distance + 1, within: image)
    let opaque = try image.flattened(over: [image.format.fullScale / 2])
      .cropped(x: part.x, y: part.y, width: part.width, height: part.height)
    let rim = Rim(
      width: part.width, height: part.height, distance: distance,
      colours: try opaque.converted(to: .lab).cast(to: .float).pixels(monitor: monitor),
      isInside: try inside.cropped(x: part.x, y: part.y, width: part.width, height: part.height)
        .pixels(as: UInt8.self, monitor: monitor).map { $0 > 0 })
    var jumps = Jumps()
    for y in 0..<part.height {
      for x in 0..<part.width {
        rim.add(x, y, (1, 0), to: &jumps)
        rim.add(x, y, (0, 1), to: &jumps)
      }
    }
    guard jumps.count > 0 else { return nil }
    across = jumps.across / Double(jumps.count)
    self.inside = jumps.inside / Double(jumps.count)
    outside = jumps.outside / Double(jumps.count)
  }
}

private struct Jumps {
  var count = 0
  var across = 0.0
  var inside = 0.0
  var outside = 0.0
}

/// The surroundings of a rim.
private struct Rim {
  let width: Int
  let height: Int
  let distance: Int
  /// L*, a*, b*, pixel after pixel.
  let colours: [Float]
  let isInside: [Bool]

  /// Adds the jump between a pixel and the next one along an axis, if the rim runs between them and there is something
  /// to compare with on both sides.
  func add(_ x: Int, _ y: Int, _ axis: (x: Int, y: Int), to jumps: inout Jumps) {
    guard let here = index(x, y), let next = index(x + axis.x, y + axis.y), isInside[here] != isInside[next]
    else { return }
    let back = (distance - 1) / 2
    let start = (x: x - back * axis.x, y: y - back * axis.y)
    /// The jump of the pair moved along the axis, if both its ends lie on that side of the rim.
    func jump(movedBy steps: Int, _ sides: (Bool, Bool)) -> Double? {
      guard let low = index(start.x + steps * axis.x, start.y + steps * axis.y),
        let high = index(start.x + (steps + distance) * axis.x, start.y + (steps + distance) * axis.y),
        (isInside[low], isInside[high]) == sides
      else { return nil }
      return difference(low, high)
    }
    func meanJump(_ steps: [Int], _ side: Bool) -> Double? {
      let found = steps.compactMap { jump(movedBy: $0 * distance, (side, side)) }
      return found.isEmpty ? nil : found.reduce(0, +) / Double(found.count)
    }
    guard let crossing = jump(movedBy: 0, (isInside[here], isInside[next])),
      let before = meanJump([-2, -3], isInside[here]), let after = meanJump([2, 3], isInside[next])
    else { return }
    jumps.count += 1
    jumps.across += crossing
    jumps.inside += isInside[here] ? before : after
    jumps.outside += isInside[here] ? after : before
  }

  private func index(_ x: Int, _ y: Int) -> Int? {
    (0..<width).contains(x) && (0..<height).contains(y) ? y * width + x : nil
  }

  private func difference(_ first: Int, _ second: Int) -> Double {
    let squares = (0..<3).map { band -> Float in
      let step = colours[3 * first + band] - colours[3 * second + band]
      return step * step
    }
    return Double(squares.reduce(0, +)).squareRoot()
  }
}

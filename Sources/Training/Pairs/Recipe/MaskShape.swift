package import Imaging
import Foundations

/// How the hole around an object is made: the box pushed out at random, and a free-form outline or the larger box
/// itself (Paint by Example, section 3.3).
package struct MaskShape: Sendable, Hashable {
  /// The largest share of the free space that a side is pushed out by.
  package var extend = 0.4
  /// Probability of a free-form outline; otherwise the hole is the larger box.
  package var freeForm = 0.5
  /// Points on each side's curve.
  package var samples = 20
  /// The least and the greatest move of a point along each axis, in whole pixels.
  package var jitter = -5...5

  /// The paper's shape, with its code's probability and jitter.
  package init() {}

  /// What chance decides. Each decision has a stream of its own, so that changing one setting leaves the rest.
  /// - Parameters:
  ///   - box: around the object, inside the picture.
  ///   - seed: fixes the random numbers.
  package func choice(around box: PixelBox, within size: PixelSize, seed: Int) -> Choice {
    let edges = BezierOutline.Edges(
      left: Double(box.x), top: Double(box.y), right: Double(box.right), bottom: Double(box.bottom))
    var sides = SeededGenerator(seed: seed, stream: "sides")
    let extended = edges.extended(within: (Double(size.width), Double(size.height)), share: extend) {
      sides.uniform()
    }
    var shape = SeededGenerator(seed: seed, stream: "shape")
    guard shape.uniform() < freeForm else { return Choice(extended: extended.box, outline: nil) }
    let outline = BezierOutline(box: edges, extended: extended, samples: samples, jitter: jitter)
    var points = SeededGenerator(seed: seed, stream: "points")
    return Choice(extended: extended.box, outline: outline.points(using: &points))
  }

  /// A hole yet to be drawn.
  package struct Choice: Sendable, Hashable {
    /// The larger box: whole pixels that it touches.
    package var extended: PixelBox
    /// The free-form outline; nil where the hole is the larger box.
    package var outline: [Point]?

    /// The hole: one band of 8 bits, 255 inside.
    /// - Throws: `ImagingError` for a size that no picture has.
    package func mask(_ size: PixelSize) throws -> Image {
      if let outline { return try Image.polygon(outline, width: size.width, height: size.height) }
      return try Image.filled(width: extended.width, height: extended.height, colour: [255])
        .embedded(x: extended.x, y: extended.y, width: size.width, height: size.height)
    }
  }
}

extension BezierOutline.Edges {
  /// The whole pixels that the box touches.
  fileprivate var box: PixelBox {
    let (x, y) = (Int(left.rounded(.down)), Int(top.rounded(.down)))
    return PixelBox(x: x, y: y, width: Int(right.rounded(.up)) - x, height: Int(bottom.rounded(.up)) - y)
  }
}

/// A random free-form outline around a box, as Paint by Example makes its training masks (section 3.3, "mask shape
/// augmentation"): each side of the box becomes a quadratic Bézier curve that bulges towards a larger random box, and
/// the curve's points are moved a little.
public struct BezierOutline: Sendable {
  /// Left, top, right and bottom edge of a box, in pixels.
  public struct Edges: Sendable, Hashable {
    /// Columns left of the box.
    public var left: Double
    /// Rows above the box.
    public var top: Double
    /// Columns left of its right edge.
    public var right: Double
    /// Rows above its bottom edge.
    public var bottom: Double

    /// A box by its edges.
    public init(left: Double, top: Double, right: Double, bottom: Double) {
      self.left = left
      self.top = top
      self.right = right
      self.bottom = bottom
    }

    /// Each side pushed out by a random share of the free space on that side.
    /// - Parameter share: the largest share; the paper's code uses 0.4.
    public func extended(
      within size: (width: Double, height: Double), share: Double, using random: () -> Double
    ) -> Edges {
      Edges(
        left: left - left * share * random(), top: top - top * share * random(),
        right: right + (size.width - right) * share * random(),
        bottom: bottom + (size.height - bottom) * share * random())
    }
  }

  /// The box that the outline goes around, corner to corner.
  public var box: Edges
  /// The larger box whose sides' middles draw the curves outward.
  public var extended: Edges
  /// Points taken on each of the four curves.
  public var samples: Int
  /// The least and the greatest move of a point along each axis, in whole pixels.
  public var jitter: ClosedRange<Int>

  /// An outline yet to be drawn.
  public init(box: Edges, extended: Edges, samples: Int, jitter: ClosedRange<Int>) {
    self.box = box
    self.extended = extended
    self.samples = samples
    self.jitter = jitter
  }

  /// The outline's points, clockwise from the upper left corner.
  public func points(using generator: inout some RandomNumberGenerator) -> [Point] {
    let corners = [
      Point(x: box.left, y: box.top), Point(x: box.right, y: box.top), Point(x: box.right, y: box.bottom),
      Point(x: box.left, y: box.bottom),
    ]
    let (middleX, middleY) = ((extended.left + extended.right) / 2, (extended.top + extended.bottom) / 2)
    let controls = [
      Point(x: middleX, y: extended.top), Point(x: extended.right, y: middleY),
      Point(x: middleX, y: extended.bottom), Point(x: extended.left, y: middleY),
    ]
    var points: [Point] = []
    for side in 0..<4 {
      let (start, control, end) = (corners[side], controls[side], corners[(side + 1) % 4])
      for sample in 0..<samples {
        let t = (Double(sample) + 0.5) / Double(samples)
        let (a, b, c) = ((1 - t) * (1 - t), 2 * t * (1 - t), t * t)
        points.append(
          Point(
            x: a * start.x + b * control.x + c * end.x + Double(Int.random(in: jitter, using: &generator)),
            y: a * start.y + b * control.y + c * end.y + Double(Int.random(in: jitter, using: &generator))))
      }
    }
    return points
  }
}

import Foundation

/// A way of looking at a square picture, turned and slanted, so that what is seen in it holds from more than one side.
///
/// The maps are those of Kornia 0.6's RandomAffine and RandomPerspective, by which Blended Diffusion (Avrahami et al.
/// 2022) looks at pictures, half pixels included.
package struct PictureView: Sendable, Equatable {
  /// A turn about the picture's centre and a shift.
  package struct Turn: Sendable, Equatable {
    /// In degrees, clockwise.
    package var angle: Double
    /// In pixels, to the right and down.
    package var shift: SIMD2<Double>

    /// A turn and a shift.
    package init(angle: Double, shift: SIMD2<Double>) { (self.angle, self.shift) = (angle, shift) }
  }

  /// How it is turned, first; edges are repeated outwards.
  package var turn: Turn?
  /// Where the picture's corners then go, in pixels: upper left, upper right, lower right, lower left; nothing is seen
  /// around them, which is mid-grey.
  package var corners: [SIMD2<Double>]?

  /// The picture as it is, unless it is turned or slanted.
  package init(turn: Turn? = nil, corners: [SIMD2<Double>]? = nil) {
    (self.turn, self.corners) = (turn, corners)
  }

  /// A view as Blended Diffusion draws them: with probability 0.7 turned by up to 15° and shifted by up to a tenth up or
  /// down; with probability 0.7 slanted, every corner moving inwards by up to 0.35 of the sides.
  ///
  /// Sideways nothing is shifted: of the one number that its authors give, Kornia makes 0 across and 0.1 down.
  package static func random(size: Int, _ generator: inout TorchGenerator) -> PictureView {
    let drawn = generator.uniform(count: 12).map(Double.init)
    let side = Double(size)
    var view = PictureView()
    if drawn[0] < probability {
      view.turn = Turn(
        angle: (2 * drawn[1] - 1) * 15, shift: [0, (2 * drawn[2] - 1) * 0.1 * side])
    }
    if drawn[3] < probability {
      view.corners = Self.corners(size).enumerated().map { index, corner in
        let inwards: SIMD2<Double> = [corner.x == 0 ? 1 : -1, corner.y == 0 ? 1 : -1]
        return corner + inwards * [drawn[4 + 2 * index], drawn[5 + 2 * index]] * (0.35 * side)
      }
    }
    return view
  }

  private static let probability = 0.7

  private static func corners(_ size: Int) -> [SIMD2<Double>] {
    let last = Double(size - 1)
    return [[0, 0], [last, 0], [last, last], [0, last]]
  }

  // MARK: - Where things were

  /// Where in the picture a pixel of the turned one was.
  func placeBeforeTurn(x: Int, y: Int, size: Int) -> SIMD2<Double> {
    let pixel: SIMD2<Double> = [Double(x), Double(y)]
    guard let turn else { return pixel }
    let (centre, stretch) = (Double(size - 1) / 2, Double(size - 1) / Double(size))
    let place = (pixel + 0.5) * stretch - turn.shift - centre
    let (sine, cosine) = (sin(turn.angle * .pi / 180), cos(turn.angle * .pi / 180))
    let turned: SIMD2<Double> = [cosine * place.x + sine * place.y, cosine * place.y - sine * place.x]
    return (turned + centre) / stretch - 0.5
  }

  /// Where in the turned picture a pixel of the slanted one was.
  func placeBeforeSlant(size: Int) -> (_ x: Int, _ y: Int) -> SIMD2<Double> {
    guard let corners else { return { [Double($0), Double($1)] } }
    let map = Projection(ofUnitSquareTo: corners)
    return { x, y in map.inverse([Double(x), Double(y)]) * Double(size) - 0.5 }
  }
}

/// A projective map of the plane.
private struct Projection {
  private let rows: [SIMD3<Double>]

  /// The map of the corners (0, 0), (1, 0), (1, 1), (0, 1) to four others: Heckbert, "Fundamentals of Texture Mapping and
  /// Image Warping", 1989, section 2.2.3.
  init(ofUnitSquareTo p: [SIMD2<Double>]) {
    let (first, second, sum) = (p[1] - p[2], p[3] - p[2], p[0] - p[1] + p[2] - p[3])
    func cross(_ a: SIMD2<Double>, _ b: SIMD2<Double>) -> Double { a.x * b.y - a.y * b.x }
    let (g, h) = (cross(sum, second) / cross(first, second), cross(first, sum) / cross(first, second))
    let (across, down) = (p[1] - p[0] + g * p[1], p[3] - p[0] + h * p[3])
    rows = [[across.x, down.x, p[0].x], [across.y, down.y, p[0].y], [g, h, 1]]
  }

  /// What is mapped to a point.
  func inverse(_ point: SIMD2<Double>) -> SIMD2<Double> {
    func cross(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> SIMD3<Double> {
      [a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x]
    }
    // The adjugate, whose scale does not matter.
    let result =
      cross(rows[1], rows[2]) * point.x + cross(rows[2], rows[0]) * point.y + cross(rows[0], rows[1])
    return [result.x, result.y] / result.z
  }
}

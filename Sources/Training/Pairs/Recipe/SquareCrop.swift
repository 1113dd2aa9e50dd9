import Foundations

/// A random square of the picture that keeps a box inside.
///
/// The square has the picture's shorter side and lies anywhere along the longer one; then all four sides move inwards
/// by the same random amount, at most `tighten` of the least distance to the box (the authors' training code).
/// A box longer than the picture's shorter side fits into no such square: the whole picture is taken, and is squashed
/// when it is resized, as the authors' code does.
package struct SquareCrop: Sendable, Hashable {
  /// The largest share of the free border that is cut away, from 0 to 1.
  package var tighten = 0.6

  /// The authors' crop.
  package init(tighten: Double = 0.6) { self.tighten = tighten }

  /// What chance decides.
  /// - Parameters:
  ///   - box: what must stay inside; lies in the picture.
  ///   - seed: fixes the random numbers.
  package func choice(keeping box: PixelBox, within size: PixelSize, seed: Int) -> PixelBox {
    let side = min(size.width, size.height)
    guard box.width <= side, box.height <= side else {
      return PixelBox(x: 0, y: 0, width: size.width, height: size.height)
    }
    var place = SeededGenerator(seed: seed, stream: "place")
    let columns = max(0, box.right - side)...min(box.x, size.width - side)
    let rows = max(0, box.bottom - side)...min(box.y, size.height - side)
    let (x, y) = (Int.random(in: columns, using: &place), Int.random(in: rows, using: &place))
    let free = min(box.x - x, box.y - y, x + side - box.right, y + side - box.bottom)
    var tightening = SeededGenerator(seed: seed, stream: "tighten")
    let cut = Int.random(in: 0...Int(tighten * Double(free)), using: &tightening)
    return PixelBox(x: x + cut, y: y + cut, width: side - 2 * cut, height: side - 2 * cut)
  }
}

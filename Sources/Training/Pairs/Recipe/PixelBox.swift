/// A rectangle of whole pixels; x and y are its upper left corner.
package struct PixelBox: Sendable, Hashable {
  /// Columns left of the box.
  package var x: Int
  /// Rows above the box.
  package var y: Int
  /// Columns in the box.
  package var width: Int
  /// Rows in the box.
  package var height: Int

  /// A rectangle of whole pixels.
  package init(x: Int, y: Int, width: Int, height: Int) {
    self.x = x
    self.y = y
    self.width = width
    self.height = height
  }

  /// The first column right of the box.
  package var right: Int { x + width }
  /// The first row below the box.
  package var bottom: Int { y + height }

  /// Each side pushed out by so many pixels, and cut at the edge of a picture of this size.
  package func padded(by padding: Int, within size: PixelSize) -> PixelBox {
    let (left, top) = (max(x - padding, 0), max(y - padding, 0))
    return PixelBox(
      x: left, y: top, width: min(right + padding, size.width) - left,
      height: min(bottom + padding, size.height) - top)
  }

  /// Whether every pixel of the other box is in this one.
  package func contains(_ other: PixelBox) -> Bool {
    x <= other.x && y <= other.y && right >= other.right && bottom >= other.bottom
  }
}

/// Columns and rows of a picture.
package struct PixelSize: Sendable, Hashable, CustomStringConvertible {
  /// Columns.
  package var width: Int
  /// Rows.
  package var height: Int

  /// Columns and rows.
  package init(_ width: Int, _ height: Int) {
    self.width = width
    self.height = height
  }

  /// `640×480`.
  package var description: String { "\(width)×\(height)" }
}

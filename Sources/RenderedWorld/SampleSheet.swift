import Training

/// Many samples on one picture: each scene with its target's box, and the reference beside it.
package struct SampleSheet: Sendable {
  /// Samples side by side.
  package let columns: Int
  private let cell: Int
  private var cells: [[WorldSample.Picture]] = []

  /// An empty sheet.
  /// - Parameter size: width and height of the samples' scenes in pixels.
  package init(columns: Int, size: Int) { (self.columns, cell) = (columns, size) }

  /// Puts a sample at the end.
  package mutating func add(_ sample: WorldSample) {
    var scene = sample.scene
    scene.draw(sample.target.box, [255, 40, 90])
    cells.append([scene, sample.reference.nearest(cell)])
  }

  /// The sheet on white.
  package var picture: WorldSample.Picture {
    let gap = 4
    let (wide, high) = (2 * cell + 3 * gap, cell + gap)
    let rows = (cells.count + columns - 1) / columns
    let size = PixelSize(columns * wide + gap, rows * high + gap)
    var sheet = WorldSample.Picture(
      size: size, bytes: Array(repeating: 255, count: size.width * size.height * 3))
    for (index, pair) in cells.enumerated() {
      for (place, picture) in pair.enumerated() {
        sheet.paste(
          picture, x: gap + index % columns * wide + place * (cell + gap), y: gap + index / columns * high)
      }
    }
    return sheet
  }
}

extension WorldSample.Picture {
  /// Another picture laid over this one, inside of which it has to lie.
  fileprivate mutating func paste(_ other: Self, x: Int, y: Int) {
    let width = other.size.width * 3
    for row in 0..<other.size.height {
      let start = ((y + row) * size.width + x) * 3
      bytes.replaceSubrange(start..<start + width, with: other.bytes[row * width..<(row + 1) * width])
    }
  }

  /// A box's outline, one pixel wide, inside the box.
  fileprivate mutating func draw(_ box: PixelBox, _ colour: [UInt8]) {
    for row in box.y..<box.bottom {
      let isEdge = row == box.y || row == box.bottom - 1
      for column in isEdge ? Array(box.x..<box.right) : [box.x, box.right - 1] {
        let start = (row * size.width + column) * 3
        bytes.replaceSubrange(start..<start + 3, with: colour)
      }
    }
  }

  /// As large as fits into a square, each pixel repeated or left out, in the middle of white.
  fileprivate func nearest(_ side: Int) -> Self {
    let scale = Float(side) / Float(max(size.width, size.height))
    let (width, height) = (
      min(side, Int(Float(size.width) * scale)), min(side, Int(Float(size.height) * scale))
    )
    var square = Self(size: PixelSize(side, side), bytes: Array(repeating: 255, count: side * side * 3))
    let (left, top) = ((side - width) / 2, (side - height) / 2)
    for row in 0..<height {
      for column in 0..<width {
        let source = (row * size.height / height * size.width + column * size.width / width) * 3
        let target = ((row + top) * side + column + left) * 3
        square.bytes.replaceSubrange(target..<target + 3, with: bytes[source..<source + 3])
      }
    }
    return square
  }
}

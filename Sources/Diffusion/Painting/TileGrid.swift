/// Overlapping tiles, all of one size, that cover a plane.
struct TileGrid {
  /// Columns and rows of the plane.
  let width: Int, height: Int
  /// Columns and rows of a tile.
  let tileWidth: Int, tileHeight: Int
  /// The least that neighbours share.
  let overlap: Int

  /// A grid; a plane that is no larger than a tile is one tile.
  init(width: Int, height: Int, tile: Int?, overlap: Int) {
    (self.width, self.height, self.overlap) = (width, height, overlap)
    tileWidth = min(width, tile ?? width)
    tileHeight = min(height, tile ?? height)
  }

  /// Upper left corners, row after row.
  var places: [(x: Int, y: Int)] {
    let columns = Self.starts(width, tileWidth, overlap)
    return Self.starts(height, tileHeight, overlap).flatMap { y in columns.map { (x: $0, y: y) } }
  }

  /// A tile of `[channels, height, width]` values.
  func cut(_ values: [Float], at place: (x: Int, y: Int), channels: Int) -> [Float] {
    guard (tileWidth, tileHeight) != (width, height) else { return values }
    var part: [Float] = []
    part.reserveCapacity(channels * tileHeight * tileWidth)
    for channel in 0..<channels {
      for row in place.y..<place.y + tileHeight {
        let start = (channel * height + row) * width + place.x
        part += values[start..<start + tileWidth]
      }
    }
    return part
  }

  /// As few tiles as share at least `overlap`, evenly spread.
  private static func starts(_ length: Int, _ tile: Int, _ overlap: Int) -> [Int] {
    guard tile < length else { return [0] }
    let step = max(1, tile - overlap)
    let count = (length - tile + step - 1) / step + 1
    return (0..<count).map { $0 * (length - tile) / (count - 1) }
  }
}

/// A picture that decoded tiles are added to, each weighted down towards the edges that neighbours share.
struct TileCanvas {
  private let grid: TileGrid
  private let scale: Int
  private var sums: [Float]
  private var weights: [Float]

  init(_ grid: TileGrid, scale: Int) {
    self.grid = grid
    self.scale = scale
    sums = Array(repeating: 0, count: 3 * grid.width * grid.height * scale * scale)
    weights = Array(repeating: 0, count: grid.width * grid.height * scale * scale)
  }

  mutating func add(_ tile: PixelPlanes, at place: (x: Int, y: Int)) {
    let width = grid.width * scale
    let planeSize = weights.count
    let columns = ramp(place.x, grid.tileWidth, of: grid.width)
    let rows = ramp(place.y, grid.tileHeight, of: grid.height)
    for y in 0..<tile.height {
      for x in 0..<tile.width {
        let weight = columns[x] * rows[y]
        let index = (place.y * scale + y) * width + place.x * scale + x
        weights[index] += weight
        for channel in 0..<3 {
          sums[channel * planeSize + index] +=
            weight * tile.values[(channel * tile.height + y) * tile.width + x]
        }
      }
    }
  }

  var picture: PixelPlanes {
    let values = sums.indices.map { sums[$0] / weights[$0 % weights.count] }
    return PixelPlanes(width: grid.width * scale, height: grid.height * scale, values: values)
  }

  /// Rises from almost 0 over the overlap where there is a neighbour, and falls likewise.
  private func ramp(_ start: Int, _ length: Int, of whole: Int) -> [Float] {
    let (pixels, width) = (length * scale, grid.overlap * scale)
    return (0..<pixels).map { place in
      var weight: Float = 1
      if start > 0 { weight = min(weight, (Float(place) + 0.5) / Float(width)) }
      if start + length < whole { weight = min(weight, (Float(pixels - place) - 0.5) / Float(width)) }
      return weight
    }
  }
}

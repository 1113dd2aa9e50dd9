import Foundation

/// Where each pixel of a result comes from in a picture of the same size.
public struct Warp: Sendable {
  /// Columns.
  public let width: Int
  /// Rows.
  public let height: Int
  /// x and y for each pixel, row after row; pixel middles are whole numbers here, as libvips counts them.
  private(set) var places: [Float]

  /// The warp that changes nothing.
  public init(width: Int, height: Int) {
    self.width = width
    self.height = height
    places = []
    places.reserveCapacity(width * height * 2)
    for y in 0..<height {
      for x in 0..<width { places += [Float(x), Float(y)] }
    }
  }

  /// Followed by a turn about the middle, clockwise on the screen.
  public func rotated(degrees: Double) -> Warp {
    let angle = degrees * .pi / 180
    let (c, s) = (Float(cos(angle)), Float(sin(angle)))
    let (cx, cy) = (Float(width - 1) / 2, Float(height - 1) / 2)
    return mapped { x, y in
      (c * (x - cx) + s * (y - cy) + cx, -s * (x - cx) + c * (y - cy) + cy)
    }
  }

  /// Followed by the affine map that takes three places to three others.
  /// - Returns: nil when the targets lie on one line.
  public func affine(from sources: [Point], to targets: [Point]) -> Warp? {
    // A result's pixel is looked up where the map came from: solve for the map from targets to sources.
    let (a, b, c) = (targets[0], targets[1], targets[2])
    let determinant = (b.x - a.x) * (c.y - a.y) - (c.x - a.x) * (b.y - a.y)
    guard abs(determinant) > 1e-9 else { return nil }
    let solve = { (u: Double, v: Double, w: Double) -> (Double, Double, Double) in
      let dx = ((v - u) * (c.y - a.y) - (w - u) * (b.y - a.y)) / determinant
      let dy = ((w - u) * (b.x - a.x) - (v - u) * (c.x - a.x)) / determinant
      return (dx, dy, u - dx * a.x - dy * a.y)
    }
    let rowX = solve(sources[0].x, sources[1].x, sources[2].x)
    let rowY = solve(sources[0].y, sources[1].y, sources[2].y)
    return mapped { x, y in
      let (x, y) = (Double(x), Double(y))
      return (Float(rowX.0 * x + rowX.1 * y + rowX.2), Float(rowY.0 * x + rowY.1 * y + rowY.2))
    }
  }

  /// Followed by shifts of each pixel.
  /// - Parameter shifts: x and y for each pixel, row after row.
  public func shifted(by shifts: [Float]) -> Warp {
    var warp = self
    for index in warp.places.indices { warp.places[index] += shifts[index] }
    return warp
  }

  /// The places folded back into the picture, as a mirror along its edge pixels' middles would show them.
  func mirrored() -> Warp {
    var warp = self
    for index in places.indices {
      let period = Float(2 * max(1, (index % 2 == 0 ? width : height) - 1))
      let place = abs(places[index].truncatingRemainder(dividingBy: period))
      warp.places[index] = min(place, period - place)
    }
    return warp
  }

  private func mapped(_ map: (Float, Float) -> (Float, Float)) -> Warp {
    var warp = self
    for index in stride(from: 0, to: places.count, by: 2) {
      (warp.places[index], warp.places[index + 1]) = map(places[index], places[index + 1])
    }
    return warp
  }
}

extension Image {
  /// Each pixel taken from where the warp says; beyond the edge the picture is mirrored.
  public func warped(by warp: Warp) throws -> Image {
    // libvips' own mirroring reaches only as far as its interpolator's window.
    let map = try Image(
      pixels: warp.mirrored().places, width: warp.width, height: warp.height, bands: 2,
      interpretation: .multiband)
    return try sampled(at: map, interpolator: .bilinear, extending: .copy)
  }
}

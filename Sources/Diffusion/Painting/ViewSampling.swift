package import Tensors

/// How the pixels of a picture's views come from those of the picture: first turned, then slanted, bilinearly each time.
package struct ViewSampling: Sendable {
  /// What of a row of pixels each pixel of all views is.
  package struct Sources: Sendable {
    /// Four places for each pixel: those of the first of the four for all pixels, those of the second, and so on.
    package private(set) var places: [Int64]
    /// What these count.
    package private(set) var weights: [Float]

    fileprivate init(count: Int) {
      places = Array(repeating: 0, count: 4 * count)
      weights = Array(repeating: 0, count: 4 * count)
    }

    /// Makes a pixel of the four around a point.
    fileprivate mutating func set(
      _ pixel: Int, to point: SIMD2<Double>, size: Int, offset: Int, repeatsEdges: Bool
    ) {
      let last = Double(size - 1)
      let point = repeatsEdges ? point.clamped(lowerBound: .zero, upperBound: [last, last]) : point
      // Nothing is near a point that is far outside.
      let near = point.clamped(lowerBound: [-2, -2], upperBound: [last + 2, last + 2])
      let corner = near.rounded(.down)
      let share = near - corner
      for index in 0..<4 {
        let (right, down) = (index & 1, index >> 1)
        let (x, y) = (Int(corner.x) + right, Int(corner.y) + down)
        guard (0..<size).contains(x), (0..<size).contains(y) else { continue }
        let weight = (right == 1 ? share.x : 1 - share.x) * (down == 1 ? share.y : 1 - share.y)
        let place = index * (places.count / 4) + pixel
        places[place] = Int64(offset + y * size + x)
        weights[place] = Float(weight)
      }
    }
  }

  /// The turned pixels of all views by the picture's.
  package let turned: Sources
  /// The slanted pixels of all views by the turned ones.
  package let slanted: Sources

  /// The sampling of a square picture of `size`×`size` pixels.
  package init(_ views: [PictureView], size: Int) {
    let area = size * size
    var turned = Sources(count: views.count * area)
    var slanted = turned
    for (number, view) in views.enumerated() {
      let placeBeforeSlant = view.placeBeforeSlant(size: size)
      for y in 0..<size {
        for x in 0..<size {
          let pixel = number * area + y * size + x
          turned.set(
            pixel, to: view.placeBeforeTurn(x: x, y: y, size: size), size: size, offset: 0, repeatsEdges: true
          )
          slanted.set(
            pixel, to: placeBeforeSlant(x, y), size: size, offset: number * area, repeatsEdges: false)
        }
      }
    }
    (self.turned, self.slanted) = (turned, slanted)
  }

  /// The inputs that `Node.seen` has made.
  package var inputs: [String: Tensor] {
    var inputs: [String: Tensor] = [:]
    for (name, sources) in [("turned", turned), ("slanted", slanted)] {
      let count = sources.places.count
      inputs[name + "Places"] = Tensor(integers: sources.places, shape: [count])
      inputs[name + "Weights"] = Tensor(sources.weights, shape: [4, count / 4])
    }
    return inputs
  }
}

extension Node {
  /// Views of a square picture `[1, channels, size, size]`, `[views, channels, size, size]`. Which they are, inputs of the
  /// graph say: those of a `ViewSampling` of as many.
  package func seen(inViews count: Int) throws -> Node {
    let (channels, size) = (shape[1], shape[2])
    let slanted = try ["turned", "slanted"].reduce(reshaped([channels, size * size])) { pixels, name in
      try pixels.gatheredAsSums(name, count: count * size * size)
    }
    return try slanted.reshaped([channels, count, size, size]).transposed([1, 0, 2, 3])
  }

  /// Columns of `[rows, columns]` as sums of four each.
  private func gatheredAsSums(_ name: String, count: Int) throws -> Node {
    let places = try builder.input(name + "Places", .i64, [4 * count])
    let weights = try builder.input(name + "Weights", .f32, [4, count])
    return try (gathered(places, axis: 1).reshaped([shape[0], 4, count]) * weights)
      .reduced(.sum, axes: [1], keepsDimensions: false)
  }
}

/// A linear map from one line of pixels to another: every pixel of the result is a weighted sum of neighbours.
///
/// Pixels are squares: the middle of number `x` lies at `x + ½`, and both lines are equally long on the canvas. So a
/// line of `to` pixels samples one of `from` at `(x + ½) · from / to − ½`, counted in pixel middles: nothing moves,
/// whether it grows or shrinks.
struct LineFilter: Sendable {
  /// The neighbours that make one pixel: places from `start` on, as many as there are weights.
  struct Window: Sendable {
    let start: Int
    /// Where its weights lie in `weights`.
    let range: Range<Int>

    /// Its places in the line it reads.
    var places: Range<Int> { start..<start + range.count }
  }

  /// One for each pixel of the result.
  private(set) var windows: [Window] = []
  /// The windows' weights, one window after another.
  private(set) var weights: [Double] = []

  /// A line brought to another length. A kernel is widened when the line shrinks, so that every pixel counts.
  /// - Parameters:
  ///   - length: pixels that are read, at least 1.
  ///   - newLength: pixels of the result.
  init(resizing length: Int, to newLength: Int, kernel: Kernel) {
    guard let (weight, radius) = kernel.function else {
      for place in 0..<newLength {
        add(from: (2 * place + 1) * length / (2 * newLength), [1], length: length, edge: .mirrored)
      }
      return
    }
    let step = Double(length) / Double(newLength)
    let spread = max(step, 1)
    for place in 0..<newLength {
      let middle = (Double(place) + 0.5) * step - 0.5
      let first = Int((middle - radius * spread).rounded(.up))
      let last = Int((middle + radius * spread).rounded(.down))
      add(
        from: first, (first...last).map { weight((Double($0) - middle) / spread) }, length: length,
        edge: .mirrored)
    }
  }

  /// A line sampled at other places, whether it grows or shrinks from just the neighbours of each; beyond its ends the
  /// last pixel is repeated.
  init(interpolating length: Int, to newLength: Int, _ interpolation: Interpolation) {
    let step = Double(length) / Double(newLength)
    for place in 0..<newLength {
      let middle = (Double(place) + 0.5) * step - 0.5
      let first = Int(middle.rounded(.down)) - interpolation.reach + 1
      let weights = (0..<2 * interpolation.reach).map {
        interpolation.weight(abs(Double(first + $0) - middle))
      }
      add(from: first, weights, length: length, edge: .repeated)
    }
  }

  /// A line of the same length, each pixel mixed with its neighbours.
  /// - Parameter neighbours: weights of an odd count, the middle one for the pixel itself.
  init(length: Int, neighbours: [Double], edge: Edge) {
    for place in 0..<length {
      add(from: place - neighbours.count / 2, neighbours, length: length, edge: edge)
    }
  }

  /// Adds a window. What lies outside the line counts for the pixel that the edge shows there; the sum becomes 1.
  private mutating func add(from first: Int, _ values: [Double], length: Int, edge: Edge) {
    let places = values.indices.map { edge.place(first + $0, in: length) }
    let (start, end) = (places.min() ?? 0, places.max() ?? 0)
    var folded = [Double](repeating: 0, count: end - start + 1)
    for (place, value) in zip(places, values) { folded[place - start] += value }
    let sum = values.reduce(0, +)
    windows.append(Window(start: start, range: weights.count..<weights.count + folded.count))
    weights += folded.map { $0 / sum }
  }

  /// What lies outside a line, `abcd`.
  enum Edge {
    /// `aaa|abcd|ddd`.
    case repeated
    /// `dcb|abcd|cba`, about the middle of the edge pixel.
    case reflected
    /// `cba|abcd|dcb`, about the edge itself.
    case mirrored

    /// The place inside a line that shows at any place.
    func place(_ place: Int, in length: Int) -> Int {
      switch self {
      case .repeated: return min(max(place, 0), length - 1)
      case .reflected:
        guard length > 1 else { return 0 }
        let turn = 2 * length - 2
        let inside = ((place % turn) + turn) % turn
        return min(inside, turn - inside)
      case .mirrored:
        let turn = 2 * length
        let inside = ((place % turn) + turn) % turn
        return min(inside, turn - 1 - inside)
      }
    }
  }
}

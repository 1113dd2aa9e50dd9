public import Tensors

/// Pixels as networks take them: planes of red, green and blue, row after row, values −1…1.
public struct PixelPlanes: Sendable {
  /// Columns.
  public let width: Int
  /// Rows.
  public let height: Int
  /// Red, green and blue, `3 · height · width` values.
  public private(set) var values: [Float]

  /// Planes from values in their order.
  ///
  /// - Precondition: there are `3 · height · width` of them.
  public init(width: Int, height: Int, values: [Float]) {
    precondition(
      values.count == 3 * width * height, "\(values.count) values are no \(width)×\(height) picture")
    (self.width, self.height, self.values) = (width, height, values)
  }

  /// Planes from interleaved samples, red, green, blue, red…: `v / (fullScale / 2) − 1`, as diffusers computes it.
  public init<Sample: UnsignedInteger & FixedWidthInteger>(
    width: Int, height: Int, interleaved samples: UnsafeBufferPointer<Sample>
  ) {
    precondition(samples.count == 3 * width * height, "\(samples.count) samples are no RGB picture")
    let half = Float(Sample.max) / 2
    let count = width * height
    let values = [Float](unsafeUninitializedCapacity: 3 * count) { buffer, initialized in
      for channel in 0..<3 {
        for pixel in 0..<count {
          buffer[channel * count + pixel] = Float(samples[3 * pixel + channel]) / half - 1
        }
      }
      initialized = 3 * count
    }
    self.init(width: width, height: height, values: values)
  }

  /// As a network's input, `[1, 3, height, width]`.
  public var tensor: Tensor { Tensor(values, shape: [1, 3, height, width]) }

  /// Interleaved samples: `clamp(v / 2 + ½, 0, 1) · fullScale`, brought to whole levels.
  public func interleaved<Sample: UnsignedInteger & FixedWidthInteger>(
    as type: Sample.Type, rounding: LevelRounding = .nearest
  ) -> [Sample] {
    let rule = rounding.rule
    let count = width * height
    return [Sample](unsafeUninitializedCapacity: 3 * count) { buffer, initialized in
      for channel in 0..<3 {
        for pixel in 0..<count {
          let share = min(max(values[channel * count + pixel] / 2 + 0.5, 0), 1)
          buffer[3 * pixel + channel] = Sample((share * Float(Sample.max)).rounded(rule))
        }
      }
      initialized = 3 * count
    }
  }

  /// The picture with its last column and row repeated until both sides are multiples of `unit`.
  public func padded(toMultipleOf unit: Int) -> PixelPlanes {
    let (newWidth, newHeight) = (width.rounded(upTo: unit), height.rounded(upTo: unit))
    guard (newWidth, newHeight) != (width, height) else { return self }
    return sampled(width: newWidth, height: newHeight) { x, y in (min(x, width - 1), min(y, height - 1)) }
  }

  /// The upper left part.
  public func cropped(width: Int, height: Int) -> PixelPlanes {
    guard (width, height) != (self.width, self.height) else { return self }
    return sampled(width: width, height: height) { ($0, $1) }
  }

  /// Every channel multiplied by a plane of `height · width` factors: 0 becomes mid-grey.
  public func multiplied(by plane: [Float]) -> PixelPlanes {
    var result = self
    for index in values.indices { result.values[index] *= plane[index % plane.count] }
    return result
  }

  /// The means of squares of so many pixels a side, which both sides are multiples of.
  func averaged(_ side: Int) -> PixelPlanes {
    let (columns, rows) = (width / side, height / side)
    var sums = [Float](repeating: 0, count: 3 * columns * rows)
    for (index, value) in values.enumerated() {
      let (line, column) = (index / width, index % width)
      let (plane, row) = (line / height, line % height)
      sums[(plane * rows + row / side) * columns + column / side] += value / Float(side * side)
    }
    return PixelPlanes(width: columns, height: rows, values: sums)
  }

  private func sampled(width: Int, height: Int, _ place: (Int, Int) -> (Int, Int)) -> PixelPlanes {
    var result: [Float] = []
    result.reserveCapacity(3 * width * height)
    for channel in 0..<3 {
      for y in 0..<height {
        for x in 0..<width {
          let (column, row) = place(x, y)
          result.append(values[(channel * self.height + row) * self.width + column])
        }
      }
    }
    return PixelPlanes(width: width, height: height, values: result)
  }
}

extension Int {
  /// The next multiple of a unit, or the number itself when it is one.
  func rounded(upTo unit: Int) -> Int { (self + unit - 1) / unit * unit }
}

/// How values between two levels of a picture become one of them.
public enum LevelRounding: String, Sendable, Hashable, CaseIterable {
  /// The nearest, halves to even: diffusers'.
  case nearest
  /// The one below: that of programs that cast to integers, such as Paint by Example's authors'.
  case down

  fileprivate var rule: FloatingPointRoundingRule { self == .nearest ? .toNearestOrEven : .down }
}

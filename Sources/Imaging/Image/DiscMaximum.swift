/// Largest value within a disc: the largest over the disc's rows, each of which is a sliding window along a row of the
/// picture. Time grows with the radius, not with its square.
///
/// Source: M. van Herk, "A fast algorithm for local minimum and maximum filters on rectangular and octagonal kernels",
/// 1992.
struct DiscMaximum<Sample: FixedWidthInteger & BitwiseCopyable> {
  private let samples: [Sample]
  private let width: Int
  private let height: Int
  private let squaredRadius: Int
  private var padded: [Sample]
  private var forward: [Sample]
  private var backward: [Sample]
  private(set) var result: [Sample]

  init(_ samples: [Sample], width: Int, height: Int, squaredRadius: Int) throws {
    self.samples = samples
    self.width = width
    self.height = height
    self.squaredRadius = squaredRadius
    let radius = Int(Double(squaredRadius).squareRoot())
    let room = [Sample](repeating: .min, count: width + 2 * radius)
    (padded, forward, backward, result) = (room, room, room, samples)
    for offset in 0...min(radius, height - 1) {
      let reach = Int(Double(squaredRadius - offset * offset).squareRoot())
      try addRows(offset: offset, reach: reach)
    }
  }

  /// Adds the disc's two rows at this vertical offset.
  private mutating func addRows(offset: Int, reach: Int) throws {
    for index in padded.indices { padded[index] = .min }
    for y in 0..<height {
      try Task.checkCancellation()
      for x in 0..<width { padded[reach + x] = samples[y * width + x] }
      scan(window: 2 * reach + 1, count: width + 2 * reach)
      if y - offset >= 0 { raise(row: y - offset, window: 2 * reach + 1) }
      if offset > 0, y + offset < height { raise(row: y + offset, window: 2 * reach + 1) }
    }
  }

  /// Running maxima from each block's start forward and from its end backward.
  private mutating func scan(window: Int, count: Int) {
    for start in stride(from: 0, to: count, by: window) {
      let end = min(start + window, count)
      var largest = Sample.min
      for index in start..<end {
        largest = max(largest, padded[index])
        forward[index] = largest
      }
      largest = .min
      for index in stride(from: end - 1, through: start, by: -1) {
        largest = max(largest, padded[index])
        backward[index] = largest
      }
    }
  }

  private mutating func raise(row: Int, window: Int) {
    for x in 0..<width {
      let largest = max(backward[x], forward[x + window - 1])
      if largest > result[row * width + x] { result[row * width + x] = largest }
    }
  }
}

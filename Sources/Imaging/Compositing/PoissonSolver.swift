/// Finds values inside a region whose differences between neighbours are as wanted, and which meet given values around
/// it: `Σ (u(q) − u(p)) = wanted(p)` over the neighbours q of every inside pixel p.
///
/// Solved from coarse to fine; on each level by successive over-relaxation, row after row, which gives the same bits on
/// every machine with IEEE arithmetic. The picture's edge has no neighbours beyond it.
struct PoissonSolver {
  let width: Int
  let height: Int
  /// Where values are to be found.
  let isInside: [Bool]
  /// The wanted sum of differences, at inside pixels.
  let wanted: [Float]

  /// Changes of a sweep below which values stand, in units of the values.
  let tolerance: Float

  /// - Parameter values: given outside the region; inside they do not matter.
  func solved(_ values: [Float]) throws -> [Float] {
    var values = values
    if let coarse = coarser(values) {
      let guess = try coarse.solver.solved(coarse.values)
      for y in 0..<height {
        for x in 0..<width where isInside[y * width + x] {
          values[y * width + x] = coarse.solver.interpolated(guess, x: x, y: y)
        }
      }
    } else {
      let known = zip(values, isInside).filter { !$1 }.map(\.0)
      let mean = known.isEmpty ? 0 : known.reduce(0, +) / Float(known.count)
      for index in values.indices where isInside[index] { values[index] = mean }
    }
    try relax(&values)
    return values
  }

  private func relax(_ values: inout [Float]) throws {
    let side = Float(max(3, min(width, height)))
    // The best factor for a square of that side, a little lower since regions are rarely square.
    let factor = 2 / (1 + 3.3 / side)
    let cells = insideCells
    for _ in 0..<(20 * max(width, height)) {
      try Task.checkCancellation()
      let change = values.withUnsafeMutableBufferPointer { values in
        wanted.withUnsafeBufferPointer { wanted in
          cells.withUnsafeBufferPointer { sweep(values, wanted, $0, factor) }
        }
      }
      if change < tolerance { return }
    }
  }

  private var insideCells: [Int32] { isInside.indices.filter { isInside[$0] }.map(Int32.init) }

  /// One pass over the region; returns the largest change.
  private func sweep(
    _ values: UnsafeMutableBufferPointer<Float>, _ wanted: UnsafeBufferPointer<Float>,
    _ cells: UnsafeBufferPointer<Int32>, _ factor: Float
  ) -> Float {
    var largest: Float = 0
    for cell in cells {
      let index = Int(cell)
      let (x, y) = (index % width, index / width)
      var sum: Float = 0
      var count: Float = 0
      if x > 0 { (sum, count) = (sum + values[index - 1], count + 1) }
      if x < width - 1 { (sum, count) = (sum + values[index + 1], count + 1) }
      if y > 0 { (sum, count) = (sum + values[index - width], count + 1) }
      if y < height - 1 { (sum, count) = (sum + values[index + width], count + 1) }
      guard count > 0 else { continue }
      let change = factor * ((sum - wanted[index]) / count - values[index])
      values[index] += change
      largest = max(largest, abs(change))
    }
    return largest
  }

  /// The same problem at half the size: a cell is inside when all of it is; nil when little would be left.
  private func coarser(_ values: [Float]) -> (solver: PoissonSolver, values: [Float])? {
    let (newWidth, newHeight) = ((width + 1) / 2, (height + 1) / 2)
    guard min(newWidth, newHeight) >= 4 else { return nil }
    var inside = [Bool](repeating: false, count: newWidth * newHeight)
    var sums = [Float](repeating: 0, count: newWidth * newHeight)
    var known = [Float](repeating: 0, count: newWidth * newHeight)
    for y in 0..<newHeight {
      for x in 0..<newWidth {
        var (total, given, count, givenCount): (Float, Float, Float, Float) = (0, 0, 0, 0)
        for index in children(x, y) {
          count += 1
          if isInside[index] {
            total += wanted[index]
          } else {
            (given, givenCount) = (given + values[index], givenCount + 1)
          }
        }
        let cell = y * newWidth + x
        inside[cell] = givenCount == 0
        if givenCount > 0 { known[cell] = given / givenCount }
        // A cell is twice as wide, so differences weigh four times the mean.
        sums[cell] = 4 * total / count
      }
    }
    guard inside.contains(true) else { return nil }
    return (
      PoissonSolver(width: newWidth, height: newHeight, isInside: inside, wanted: sums, tolerance: tolerance),
      known
    )
  }

  private func children(_ x: Int, _ y: Int) -> [Int] {
    var indices: [Int] = []
    for childY in (2 * y)..<min(2 * y + 2, height) {
      for childX in (2 * x)..<min(2 * x + 2, width) { indices.append(childY * width + childX) }
    }
    return indices
  }

  /// The value at a pixel of the finer level, between four cells of this one.
  private func interpolated(_ values: [Float], x: Int, y: Int) -> Float {
    let (left, rightWeight) = x % 2 == 0 ? (x / 2 - 1, Float(0.75)) : (x / 2, Float(0.25))
    let (top, bottomWeight) = y % 2 == 0 ? (y / 2 - 1, Float(0.75)) : (y / 2, Float(0.25))
    let value = { (x: Int, y: Int) in
      values[min(max(y, 0), height - 1) * width + min(max(x, 0), width - 1)]
    }
    let upper = value(left, top) * (1 - rightWeight) + value(left + 1, top) * rightWeight
    let lower = value(left, top + 1) * (1 - rightWeight) + value(left + 1, top + 1) * rightWeight
    return upper * (1 - bottomWeight) + lower * bottomWeight
  }
}

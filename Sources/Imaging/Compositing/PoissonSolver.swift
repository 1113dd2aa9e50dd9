/// Finds values inside a region whose differences between neighbours are as wanted, and which meet given values around
/// it: `Σ (u(q) − u(p)) = wanted(p)` over the neighbours q of every inside pixel p. The picture's edge has no neighbours
/// beyond it.
///
/// Full multigrid: a first guess from the coarser levels, then V-cycles with Gauss–Seidel sweeps, row after row, which
/// gives the same bits at any number of threads. Source: W. Briggs et al., "A Multigrid Tutorial", 2000.
struct PoissonSolver {
  /// From the picture's own size to the coarsest.
  private let levels: [GridLevel]
  /// Largest change of a last sweep below which values stand, in units of the values.
  let tolerance: Float

  /// - Parameter isInside: where values are to be found, row after row.
  init(width: Int, height: Int, isInside: [Bool], tolerance: Float) {
    self.tolerance = tolerance
    var levels = [GridLevel(width: width, height: height, isInside: isInside)]
    while let coarser = levels[levels.count - 1].coarser { levels.append(coarser) }
    self.levels = levels
  }

  /// - Parameters:
  ///   - values: given outside the region; inside they do not matter.
  ///   - wanted: the wanted sums of differences, at inside pixels.
  func solved(_ values: [Float], wanted: [Float]) throws -> [Float] {
    try solved(values, wanted, level: 0)
  }

  private func solved(_ given: [Float], _ wanted: [Float], level: Int) throws -> [Float] {
    var values = given
    let grid = levels[level]
    if level + 1 < levels.count {
      let coarse = levels[level + 1]
      let guess = try solved(
        coarse.known(of: values, in: grid), coarse.restricted(wanted, from: grid), level: level + 1)
      coarse.interpolate(guess, into: &values, of: grid, adding: false)
    } else {
      let known = zip(given, grid.isInside).filter { !$1 }.map(\.0)
      let mean = known.isEmpty ? 0 : known.reduce(0, +) / Float(known.count)
      for cell in grid.cells { values[Int(cell)] = mean }
    }
    for _ in 0..<200 {
      try Task.checkCancellation()
      if cycle(&values, wanted, level: level) < tolerance { break }
    }
    return values
  }

  /// One V-cycle; returns the largest change of its last sweep.
  private func cycle(_ values: inout [Float], _ wanted: [Float], level: Int) -> Float {
    let grid = levels[level]
    guard level + 1 < levels.count else {
      return (0..<30).reduce(Float.infinity) { _, _ in grid.sweep(&values, wanted) }
    }
    _ = grid.sweep(&values, wanted)
    _ = grid.sweep(&values, wanted)
    let coarse = levels[level + 1]
    let residual = coarse.restricted(grid.residual(of: values, wanted), from: grid)
    var error = [Float](repeating: 0, count: coarse.isInside.count)
    _ = cycle(&error, residual, level: level + 1)
    coarse.interpolate(error, into: &values, of: grid, adding: true)
    _ = grid.sweep(&values, wanted)
    return grid.sweep(&values, wanted)
  }
}

/// One level of the solver: a region on a grid, each of whose cells stands for four of the finer grid's.
struct GridLevel {
  let width: Int
  let height: Int
  let isInside: [Bool]
  /// Indices of the inside cells, row after row.
  let cells: [Int32]

  init(width: Int, height: Int, isInside: [Bool]) {
    self.width = width
    self.height = height
    self.isInside = isInside
    cells = isInside.indices.filter { isInside[$0] }.map(Int32.init)
  }

  /// The grid of half the size: a cell is inside when all of it is; nil when little would be left.
  var coarser: GridLevel? {
    let (newWidth, newHeight) = ((width + 1) / 2, (height + 1) / 2)
    guard min(newWidth, newHeight) >= 3 else { return nil }
    var inside = [Bool](repeating: true, count: newWidth * newHeight)
    for y in 0..<height {
      for x in 0..<width where !isInside[y * width + x] { inside[y / 2 * newWidth + x / 2] = false }
    }
    return inside.contains(true) ? GridLevel(width: newWidth, height: newHeight, isInside: inside) : nil
  }

  /// One Gauss–Seidel sweep; returns the largest change.
  func sweep(_ values: inout [Float], _ wanted: [Float]) -> Float {
    var largest: Float = 0
    values.withUnsafeMutableBufferPointer { values in
      wanted.withUnsafeBufferPointer { wanted in
        for cell in cells {
          let index = Int(cell)
          let (sum, count) = neighbours(of: index, in: UnsafeBufferPointer(values))
          guard count > 0 else { continue }
          let value = (sum - wanted[index]) / count
          largest = max(largest, abs(value - values[index]))
          values[index] = value
        }
      }
    }
    return largest
  }

  /// By how much the sums of differences fall short of what is wanted.
  func residual(of values: [Float], _ wanted: [Float]) -> [Float] {
    var residual = [Float](repeating: 0, count: values.count)
    values.withUnsafeBufferPointer { values in
      for cell in cells {
        let index = Int(cell)
        let (sum, count) = neighbours(of: index, in: values)
        residual[index] = wanted[index] - (sum - count * values[index])
      }
    }
    return residual
  }

  @inline(__always)
  private func neighbours(of index: Int, in values: UnsafeBufferPointer<Float>) -> (sum: Float, count: Float)
  {
    let (y, x) = index.quotientAndRemainder(dividingBy: width)
    if x > 0, y > 0, x < width - 1, y < height - 1 {
      return (values[index - 1] + values[index + 1] + values[index - width] + values[index + width], 4)
    }
    var (sum, count): (Float, Float) = (0, 0)
    if x > 0 { (sum, count) = (sum + values[index - 1], count + 1) }
    if x < width - 1 { (sum, count) = (sum + values[index + 1], count + 1) }
    if y > 0 { (sum, count) = (sum + values[index - width], count + 1) }
    if y < height - 1 { (sum, count) = (sum + values[index + width], count + 1) }
    return (sum, count)
  }

  /// Sums of differences on the finer grid as this grid has them: its cells are twice as wide, so differences weigh
  /// four times the mean.
  func restricted(_ sums: [Float], from fine: GridLevel) -> [Float] {
    means(of: sums, in: fine) { fine.isInside[$0] ? 1 : 0 }.enumerated().map { isInside[$0] ? 4 * $1 : 0 }
  }

  /// The mean of what is given around the region, at cells that are not inside.
  func known(of values: [Float], in fine: GridLevel) -> [Float] {
    means(of: values, in: fine) { fine.isInside[$0] ? 0 : 1 }
  }

  private func means(of values: [Float], in fine: GridLevel, weight: (Int) -> Float) -> [Float] {
    var sums = [Float](repeating: 0, count: width * height)
    var weights = sums
    for y in 0..<fine.height {
      for x in 0..<fine.width {
        let (index, cell) = (y * fine.width + x, y / 2 * width + x / 2)
        sums[cell] += weight(index) * values[index]
        weights[cell] += weight(index)
      }
    }
    for cell in sums.indices where weights[cell] > 0 { sums[cell] /= weights[cell] }
    return sums
  }

  /// Sets, or adds to, the finer grid's inside values what lies between four cells of this one.
  func interpolate(_ coarse: [Float], into values: inout [Float], of fine: GridLevel, adding: Bool) {
    for cell in fine.cells {
      let (y, x) = Int(cell).quotientAndRemainder(dividingBy: fine.width)
      let (left, right) = (x % 2 == 0 ? x / 2 - 1 : x / 2, x % 2 == 0 ? x / 2 : x / 2 + 1)
      let (top, bottom) = (y % 2 == 0 ? y / 2 - 1 : y / 2, y % 2 == 0 ? y / 2 : y / 2 + 1)
      let (u, v): (Float, Float) = (x % 2 == 0 ? 0.75 : 0.25, y % 2 == 0 ? 0.75 : 0.25)
      let (l, r) = (max(left, 0), min(right, width - 1))
      let (t, b) = (max(top, 0) * width, min(bottom, height - 1) * width)
      let upper = coarse[t + l] * (1 - u) + coarse[t + r] * u
      let lower = coarse[b + l] * (1 - u) + coarse[b + r] * u
      let value = upper * (1 - v) + lower * v
      values[Int(cell)] = adding ? values[Int(cell)] + value : value
    }
  }
}

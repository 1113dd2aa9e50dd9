/// The exact Euclidean distance from each pixel to the nearest marked one, in time linear in the pixels.
///
/// Source: A. Meijster, J. Roerdink, W. Hesselink, "A general algorithm for computing distance transforms in linear
/// time", 2000.
struct DistanceTransform {
  let width: Int
  let height: Int
  /// Squared distances, row after row; `unreachable` where nothing is marked at all.
  let squared: [Int]

  static let unreachable = Int.max

  /// - Parameter isMarked: row after row.
  init(isMarked: [Bool], width: Int, height: Int) throws {
    self.width = width
    self.height = height
    let columns = Self.columnDistances(isMarked, width: width, height: height)
    var squared = [Int](repeating: 0, count: width * height)
    for y in 0..<height {
      try Task.checkCancellation()
      Self.fillRow(&squared, y: y, width: width, columns: columns)
    }
    self.squared = squared
  }

  /// Distance to the nearest marked pixel of the same column, −1 where there is none.
  private static func columnDistances(_ isMarked: [Bool], width: Int, height: Int) -> [Int32] {
    var distances = [Int32](repeating: -1, count: width * height)
    for index in isMarked.indices {
      if isMarked[index] {
        distances[index] = 0
      } else if index >= width, distances[index - width] >= 0 {
        distances[index] = distances[index - width] + 1
      }
    }
    for index in stride(from: width * (height - 1) - 1, through: 0, by: -1) {
      let below = distances[index + width]
      if below >= 0, distances[index] < 0 || distances[index] > below + 1 { distances[index] = below + 1 }
    }
    return distances
  }

  /// The lower envelope of one parabola for each column: `site` and the x from which it is the lowest.
  private static func fillRow(_ squared: inout [Int], y: Int, width: Int, columns: [Int32]) {
    var envelope: [(site: Int, from: Int)] = []
    let row = y * width
    let height = { (site: Int) -> Int in Int(columns[row + site]) * Int(columns[row + site]) }
    for site in 0..<width where columns[row + site] >= 0 {
      var from = 0
      while let top = envelope.last {
        // The first x at which `site`'s parabola lies below the top one's.
        let numerator = site * site - top.site * top.site + height(site) - height(top.site)
        let denominator = 2 * (site - top.site)
        from = (numerator >= 0 ? numerator / denominator : (numerator - denominator + 1) / denominator) + 1
        if from > top.from { break }
        envelope.removeLast()
        from = 0
      }
      if from < width { envelope.append((site, envelope.isEmpty ? 0 : from)) }
    }
    var index = envelope.count - 1
    for x in stride(from: width - 1, through: 0, by: -1) {
      guard index >= 0 else {
        squared[row + x] = unreachable
        continue
      }
      let site = envelope[index].site
      squared[row + x] = (x - site) * (x - site) + height(site)
      if x == envelope[index].from { index -= 1 }
    }
  }
}

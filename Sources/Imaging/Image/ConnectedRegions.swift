/// The regions of marked pixels that touch each other, also at their corners.
///
/// Source: A. Rosenfeld, J. Pfaltz, "Sequential Operations in Digital Picture Processing", 1966, with union by the
/// smaller label.
struct ConnectedRegions {
  /// One region.
  struct Region {
    /// Its pixels' value in `labels`.
    var label: Int32
    /// How many pixels it has.
    var count: Int
  }

  /// The region of each pixel, from 1 on, row after row; 0 where nothing is marked.
  let labels: [Int32]
  /// In the order of their first pixels, row after row.
  let regions: [Region]

  /// - Parameter isMarked: row after row.
  init(isMarked: [Bool], width: Int, height: Int) throws {
    var labels = [Int32](repeating: 0, count: width * height)
    var roots: [Int32] = [0]
    for y in 0..<height {
      try Task.checkCancellation()
      for x in 0..<width where isMarked[y * width + x] {
        let index = y * width + x
        for (column, row) in [(x - 1, y), (x - 1, y - 1), (x, y - 1), (x + 1, y - 1)]
        where row >= 0 && column >= 0 && column < width && isMarked[row * width + column] {
          labels[index] = Self.joined(labels[index], labels[row * width + column], &roots)
        }
        if labels[index] == 0 {
          labels[index] = Int32(roots.count)
          roots.append(labels[index])
        }
      }
    }
    (self.labels, regions) = Self.numbered(labels, &roots)
  }

  /// The label that two of one region have in common; 0 is none.
  private static func joined(_ first: Int32, _ second: Int32, _ roots: inout [Int32]) -> Int32 {
    let (a, b) = (root(of: first, &roots), root(of: second, &roots))
    guard a != 0, b != 0 else { return max(a, b) }
    roots[Int(max(a, b))] = min(a, b)
    return min(a, b)
  }

  private static func root(of label: Int32, _ roots: inout [Int32]) -> Int32 {
    var label = Int(label)
    while Int(roots[label]) != label {
      roots[label] = roots[Int(roots[label])]
      label = Int(roots[label])
    }
    return Int32(label)
  }

  /// Labels without gaps, in the order they are met.
  private static func numbered(_ labels: [Int32], _ roots: inout [Int32]) -> ([Int32], [Region]) {
    var regions: [Region] = []
    var numbers = [Int32](repeating: 0, count: roots.count)
    let numbered = labels.map { label -> Int32 in
      let root = Int(Self.root(of: label, &roots))
      guard root != 0 else { return 0 }
      if numbers[root] == 0 {
        numbers[root] = Int32(regions.count + 1)
        regions.append(Region(label: numbers[root], count: 0))
      }
      regions[Int(numbers[root]) - 1].count += 1
      return numbers[root]
    }
    return (numbered, regions)
  }
}

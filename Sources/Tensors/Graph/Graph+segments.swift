extension Graph {
  /// Where an engine that recomputes values on the way back from the loss may divide the graph: the operations at which
  /// segments begin, but for the first.
  ///
  /// √n segments of n operations, as Chen et al. 2016 have it ("Training deep nets with sublinear memory cost"), of about
  /// equal bytes inside; within half a segment to either side, a border goes where the fewest bytes cross it, which have
  /// to be kept.
  public var segmentStarts: [Int] {
    let sizes = operations.map { $0.isGiven ? 0 : $0.results.reduce(0) { $0 + $1.byteCount } }
    let count = Double(operations.count { !$0.isGiven }).squareRoot().rounded()
    let total = Double(sizes.reduce(0, +))
    guard count > 1, total > 0 else { return [] }
    let crossing = crossingBytes(sizes)
    // By operation: what was made before it, in segments.
    var made = 0
    let positions = sizes.map { size in
      defer { made += size }
      return Double(made) / total * count
    }
    var starts: [Int] = []
    for border in 1..<Int(count) {
      let window = operations.indices.filter { abs(positions[$0] - Double(border)) <= 0.5 }
      guard let start = window.min(by: { crossing[$0] < crossing[$1] }), start > starts.last ?? 0 else {
        continue
      }
      starts.append(start)
    }
    return starts
  }

  /// By operation: the bytes that were made before it and are read by it or later.
  private func crossingBytes(_ sizes: [Int]) -> [Int] {
    var lastUse = Array(operations.indices)
    for (index, operation) in operations.enumerated() {
      for input in operation.inputs { lastUse[input.operation] = index }
    }
    var changes = [Int](repeating: 0, count: operations.count + 1)
    for (index, size) in sizes.enumerated() where lastUse[index] > index {
      changes[index + 1] += size
      changes[lastUse[index] + 1] -= size
    }
    var live = 0
    return changes.dropLast().map { change in
      live += change
      return live
    }
  }
}

extension Graph.Operation {
  /// Whether it computes nothing.
  fileprivate var isGiven: Bool {
    switch self.operator {
    case .input, .constant: true
    default: false
    }
  }
}

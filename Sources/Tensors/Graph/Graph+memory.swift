extension Graph {
  /// How many numbers its constants hold; a constant that is used twice counts twice.
  public var constantElementCount: Int {
    operations.reduce(0) { count, operation in
      if case .constant(let constant) = operation.operator {
        count + constant.type.elementCount
      } else {
        count
      }
    }
  }

  /// What all values between operators take together, in bytes: what training keeps for the way back.
  public var allValueBytes: Int {
    operations.reduce(0) { bytes, operation in
      operation.operator.isConstant ? bytes : operation.results.reduce(bytes) { $0 + $1.byteCount }
    }
  }

  /// The most that values between operators take at once, in bytes, when each is freed after its last use and
  /// operators run in their order. An engine that fuses operators needs less, one that keeps more needs more.
  public var peakValueBytes: Int {
    var lastUse = Array(repeating: 0, count: operations.count)
    for (index, operation) in operations.enumerated() {
      lastUse[index] = max(lastUse[index], index)
      for input in operation.inputs { lastUse[input.operation] = index }
    }
    for output in outputs { lastUse[output.value.operation] = operations.count }
    var dying: [Int: Int] = [:]
    var (live, peak) = (0, 0)
    for (index, operation) in operations.enumerated() where !operation.operator.isConstant {
      let bytes = operation.results.reduce(0) { $0 + $1.byteCount }
      live += bytes
      peak = max(peak, live)
      dying[lastUse[index], default: 0] += bytes
      live -= dying.removeValue(forKey: index) ?? 0
    }
    return peak
  }
}

extension Operator {
  fileprivate var isConstant: Bool { if case .constant = self { true } else { false } }
}

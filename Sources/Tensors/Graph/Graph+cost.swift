extension Graph {
  /// Multiplications, each with an addition, of its convolutions, matrix products and attentions: what running it once
  /// costs, for what the other operators take beside them is little.
  public var multiplicationCount: Int {
    operations.reduce(0) { count, operation in
      func shape(_ input: Int) -> [Int] { type(of: operation.inputs[input]).shape }
      let result = operation.results.first?.elementCount ?? 0
      switch operation.operator {
      case .convolution: return count + result * shape(1)[1...].reduce(1, *)
      case .matMul(let transposesLeft, _):
        let left = shape(0)
        return count + result * left[left.count - (transposesLeft ? 2 : 1)]
      case .attention:
        // Every query meets every key, and then every value.
        let (queries, keys) = (shape(0), shape(1))
        let scores = queries.dropLast().reduce(1, *) * keys[keys.count - 2]
        return count + scores * queries[queries.count - 1] + result * keys[keys.count - 2]
      default: return count
      }
    }
  }
}

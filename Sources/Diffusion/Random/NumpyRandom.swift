/// Draws as numpy's RandomState makes them: the published tools choose subsets of pictures by it.
package struct NumpyRandom: Sendable {
  private var bits: MersenneTwister

  /// The draws of `numpy.random.RandomState(seed)`.
  package init(seed: UInt32) { bits = MersenneTwister(seed: seed) }

  /// The numbers below `count` in the order of `permutation(count)`; its beginning is `choice(count, size, replace=False)`.
  package mutating func permutation(_ count: Int) -> [Int] {
    var numbers = Array(0..<count)
    for last in stride(from: count - 1, to: 0, by: -1) { numbers.swapAt(last, number(upTo: UInt32(last))) }
    return numbers
  }

  /// As many random bits as the greatest number has, drawn until they are no greater.
  private mutating func number(upTo greatest: UInt32) -> Int {
    let mask = UInt32.max >> greatest.leadingZeroBitCount
    while true {
      let value = bits.next() & mask
      if value <= greatest { return Int(value) }
    }
  }
}

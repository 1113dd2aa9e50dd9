/// Orders in which k things are shown, balanced: over all orders each thing stands in each place equally often, and comes
/// directly after each other one equally often (Williams 1949).
struct LatinSquare: Sendable {
  /// The orders: k of them for even k, 2k for odd ones, which need every order's mirror image as well.
  let orders: [[Int]]

  /// - Parameter count: k, at least 1.
  init(_ count: Int) {
    // 0, 1, k-1, 2, k-2, …: neighbours differ by each distance once.
    let first = (0..<count).map { $0.isMultiple(of: 2) ? (count - $0 / 2) % count : ($0 + 1) / 2 }
    let cyclic = (0..<count).map { shift in first.map { ($0 + shift) % count } }
    orders = count.isMultiple(of: 2) || count == 1 ? cyclic : cyclic + cyclic.map { $0.reversed() }
  }
}

import Testing

@testable import UserStudy

@Suite("Latin squares")
struct LatinSquareTests {
  @Test("show each method in each place, and after each other one, equally often", arguments: 2...9)
  func balance(_ count: Int) {
    let orders = LatinSquare(count).orders
    #expect(orders.count == (count.isMultiple(of: 2) ? count : 2 * count))
    #expect(orders.allSatisfy { $0.sorted() == Array(0..<count) })
    let share = orders.count / count
    for place in 0..<count {
      for method in 0..<count { #expect(orders.count { $0[place] == method } == share) }
    }
    var pairs: [[Int]: Int] = [:]
    for order in orders {
      for (one, other) in zip(order, order.dropFirst()) { pairs[[one, other], default: 0] += 1 }
    }
    #expect(pairs.count == count * (count - 1) && Set(pairs.values) == [share])
  }
}

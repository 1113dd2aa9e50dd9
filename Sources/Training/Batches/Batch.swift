/// Makes the examples of a batch side by side, in their order.
///
/// - Parameter make: the example of a place in the batch.
func examples<Example: Sendable>(
  _ count: Int, _ make: @escaping @Sendable (Int) async throws -> Example
) async throws -> [Example] {
  try await withThrowingTaskGroup(of: (Int, Example).self) { group in
    for place in 0..<count { group.addTask { (place, try await make(place)) } }
    var made: [(Int, Example)] = []
    for try await example in group { made.append(example) }
    return made.sorted { $0.0 < $1.0 }.map(\.1)
  }
}

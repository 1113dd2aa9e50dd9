import Foundations

/// Makes the values of a range side by side and takes them in order, so that the result does not depend on the number
/// of workers. Values that wait for an earlier one are at most twice the workers.
/// - Parameters:
///   - workers: how many are made at the same time.
///   - make: runs on threads of its own.
///   - take: gets the values one by one.
func inOrder<Value: Sendable>(
  _ range: Range<Int>, workers: Int, _ make: @escaping @Sendable (Int) throws -> Value,
  take: (Value) throws -> Void
) async throws {
  let executor = BlockingExecutor()
  try await withThrowingTaskGroup(of: (Int, Value).self) { group in
    var waiting: [Int: Value] = [:]
    var (started, taken, running) = (range.lowerBound, range.lowerBound, 0)
    while taken < range.upperBound {
      while started < range.upperBound, running < workers, started - taken < 2 * workers {
        let index = started
        group.addTask(executorPreference: executor) { (index, try make(index)) }
        started += 1
        running += 1
      }
      guard let (index, value) = try await group.next() else { break }
      running -= 1
      waiting[index] = value
      while let next = waiting.removeValue(forKey: taken) {
        try take(next)
        taken += 1
      }
    }
  }
}

import Synchronization

/// Waits until something has come about, or a task has ended without it; it is waited for as long as that takes.
public func waiting<Success>(
  for task: Task<Success, any Error>, until condition: () throws -> Bool
) async throws {
  let end = TaskEnd(of: task)
  while !end.hasCome.withLock({ $0 }), try !condition() { try await Task.sleep(for: .milliseconds(10)) }
}

/// Knows whether a task has ended.
private final class TaskEnd: Sendable {
  let hasCome = Mutex(false)

  init<Success>(of task: Task<Success, any Error>) {
    Task {
      _ = await task.result
      hasCome.withLock { $0 = true }
    }
  }
}

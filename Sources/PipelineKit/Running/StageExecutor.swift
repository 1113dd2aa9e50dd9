import Dispatch

/// Runs stages on threads of their own, because they block in C for seconds, and the cooperative pool has only as
/// many threads as the machine has cores.
public final class StageExecutor: TaskExecutor {
  private let queue = DispatchQueue(label: "pipeline.stages", attributes: .concurrent)

  /// An executor with no thread yet.
  public init() {}

  /// Runs a job on a thread of its own.
  public func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}

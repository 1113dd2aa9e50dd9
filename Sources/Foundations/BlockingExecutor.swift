import Dispatch

/// Runs tasks on threads of their own, for those that block in C for seconds: the cooperative pool has only as many
/// threads as the machine has cores.
package final class BlockingExecutor: TaskExecutor {
  private let queue = DispatchQueue(label: "pipeline.blocking", attributes: .concurrent)

  /// An executor with no thread yet.
  package init() {}

  /// Runs a job on a thread of its own.
  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}

import Dispatch

/// Runs an actor on a thread of its own, so that long C calls never hold one of the cooperative pool.
///
/// Sendable: a dispatch queue is safe to share.
package final class QueueExecutor: SerialExecutor, @unchecked Sendable {
  private let queue: DispatchQueue

  package init(label: String) { queue = DispatchQueue(label: label) }

  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
  }
}

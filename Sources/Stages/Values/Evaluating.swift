import Imaging
import PipelineKit

/// Runs an evaluation so that it reports to, and is stopped by, a stage's monitor.
func evaluate<Result>(_ monitor: Monitor, _ body: (EvaluationMonitor) throws -> Result) rethrows -> Result {
  let evaluation = EvaluationMonitor { monitor.report($0) }
  // The task that runs a stage is cancelled together with its monitor, and the evaluation sees the task.
  if monitor.isCancelled { evaluation.cancel() }
  return try body(evaluation)
}

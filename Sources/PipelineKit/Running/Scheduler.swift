import Foundations
import Foundation

/// Runs a plan: independent steps side by side, steps that keep all cores busy in turn, within a memory budget, and
/// each value freed after its last use.
public struct Scheduler: Sendable {
  /// How plans are run.
  public struct Options: Sendable {
    /// Where results are kept; nil keeps nothing.
    public var store: Store?
    /// How much memory steps may take together. A step that alone needs more runs alone.
    public var memoryBudget = MemoryBudget.standard
    /// Whether steps that do not need a failed one still run.
    public var keepsGoing = false
    /// What the program offers to its stages.
    public var services = Services()
    /// Hears what happens, from any thread.
    public var events: @Sendable (Event) -> Void = { _ in }
    /// The usual way.
    public init() {}
  }

  let options: Options

  /// A scheduler with these options.
  public init(_ options: Options) { self.options = options }

  /// Runs the plan to its end. The values of targets that are no sinks are returned.
  ///
  /// Throws ``RunFailure`` when steps failed, `CancellationError` when the task was cancelled.
  @discardableResult
  public func run(_ plan: Plan) async throws -> [String: StageOutputs] {
    let start = ContinuousClock.now
    for remark in plan.remarks { options.events(.said(step: nil, .warning, remark)) }
    let reuse = try Reuse(plan, store: options.store)
    if let remark = reuse.remark { options.events(.said(step: nil, .warning, remark)) }
    let scratch = ScratchPlace.make()
    defer { try? FileManager.default.removeItem(at: scratch) }
    var state = RunState(plan, reuse: reuse, budget: options.memoryBudget)
    options.events(.began(running: state.runningCount, cached: state.reusedCount))
    do {
      try await drive(
        &state, worker: StepWorker(plan: plan, reuse: reuse, options: options, scratch: scratch))
    } catch {
      finish(state, plan, reuse, start)
      throw error
    }
    finish(state, plan, reuse, start)
    if !state.failures.isEmpty { throw RunFailure(failures: state.failures, blocked: state.blocked.sorted()) }
    return state.kept
  }

  private func drive(_ state: inout RunState, worker: StepWorker) async throws {
    let executor = BlockingExecutor()
    try await withThrowingTaskGroup(of: StepWorker.Completion.self) { group in
      while true {
        try Task.checkCancellation()
        while let (step, inputs) = state.next() {
          group.addTask(executorPreference: executor) { await worker.work(on: step, inputs: inputs) }
        }
        guard let completion = try await group.next() else { return }
        switch completion.result {
        case .success(let outcome): state.finish(completion.step, outcome)
        case .failure(let cause):
          // What a step throws while the run is being stopped is a consequence of stopping.
          try Task.checkCancellation()
          let failure = state.fail(completion.step, cause)
          options.events(.failed(step: failure.step, message: failure.message))
          if !options.keepsGoing { group.cancelAll(); return }
        }
      }
    }
  }

  private func finish(_ state: RunState, _ plan: Plan, _ reuse: Reuse, _ start: ContinuousClock.Instant) {
    for (id, cause) in state.blockedBy.sorted(by: { $0.key < $1.key }) {
      options.events(.blocked(step: id, by: cause))
    }
    if let store = options.store {
      var past = PastRun(of: plan.documentKey, in: store)
      for step in plan.steps {
        if let result = state.results[step.id] {
          past.note(step, seconds: result.wasCached ? nil : result.seconds, peakBytes: result.peakBytes)
        } else if case .skip? = reuse.decisions[step.id] {
          past.note(step)
        }
      }
      do {
        try past.save(of: plan.documentKey, in: store)
      } catch {
        options.events(.said(step: nil, .warning, "what ran could not be noted for --why: \(error)"))
      }
    }
    options.events(.ended(seconds: start.duration(to: .now).seconds, failures: state.failures.count))
  }
}

extension Duration {
  /// In seconds.
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}

import Foundations
import Foundation
import SystemPackage

/// Runs a plan: independent steps side by side, steps that keep all cores busy in turn, within a memory budget, and
/// each value freed after its last use.
public struct Scheduler: Sendable {
  /// How plans are run.
  public struct Options: Sendable {
    /// Where results are kept; nil keeps nothing.
    public var store: Store?
    /// How much memory steps may take together. A step that alone needs more runs alone, and that is said.
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

  /// Runs the plan to its end, and returns the computed values of the outputs that the plan returns, by name. What dead
  /// processes left of files beside the outputs is cleared away first.
  ///
  /// Throws ``InvalidDocument`` when shapes alone show that a result cannot leave the pipeline, ``RunFailure`` when
  /// steps failed or could not run at all, `CancellationError` when the task was cancelled.
  @discardableResult
  public func run(_ plan: Plan) async throws -> [String: any PortValue] {
    // Estimating and verifying read files: nothing for the threads that tasks share.
    let executor = BlockingExecutor()
    return try await withTaskExecutorPreference(executor) { try await run(plan, on: executor) }
  }

  private func run(_ plan: Plan, on executor: BlockingExecutor) async throws -> [String: any PortValue] {
    let start = ContinuousClock.now
    for remark in plan.remarks { options.events(.said(step: nil, .warning, remark)) }
    let reuse = try Reuse(plan, store: options.store)
    let forecast = try ShapeForecast.checked(plan, reuse)
    if let remark = reuse.remark { options.events(.said(step: nil, .warning, remark)) }
    let worker = StepWorker(plan: plan, reuse: reuse, options: options, scratch: try ScratchPlace())
    var state = RunState(plan, reuse: reuse, forecast: forecast, budget: options.memoryBudget)
    let past = PastRun(of: plan.documentKey, in: options.store)
    options.events(
      .began(
        running: state.runningCount, cached: state.reusedCount,
        lastSeconds: past.lastSeconds(of: plan.steps.filter { reuse.runs($0) })))
    do {
      if options.keepsGoing || !refuse(plan, reuse, &state) {
        try prepareFolders(of: plan)
        try await drive(&state, worker: worker, on: executor)
      }
    } catch {
      finish(state, plan, reuse, worker.unkept, start)
      throw error
    }
    finish(state, plan, reuse, worker.unkept, start)
    if !state.failures.isEmpty { throw RunFailure(failures: state.failures, blocked: state.blocked.sorted()) }
    return plan.returned.compactMapValues { state.returned[$0.step]?.values[$0.port] }
  }

  /// Finds out, before anything runs, whether there are folders for the files that will be written.
  private func prepareFolders(of plan: Plan) throws {
    let system = FileSystem()
    for (folder, isMade) in plan.outputFolders.sorted(by: { $0.key.path < $1.key.path }) {
      TemporaryName.removeLeftovers(in: folder)
      guard !options.keepsGoing else { continue }
      let path = FilePath(folder)
      if isMade { try system.createFolder(path) }
      let type = try system.status(path, followingLink: true)?.type
      guard type == .directory else { throw FileError(.list, path, type == nil ? .notFound : .isNotFolder) }
    }
  }

  /// Fails the steps that cannot run whatever they are given; whether there are any.
  private func refuse(_ plan: Plan, _ reuse: Reuse, _ state: inout RunState) -> Bool {
    for step in plan.steps {
      guard reuse.runs(step), let obstacle = plan.obstacle(to: step) else { continue }
      let failure = state.fail(step, obstacle)
      options.events(.failed(step: failure.step, message: failure.message))
    }
    return !state.failures.isEmpty
  }

  private func drive(_ state: inout RunState, worker: StepWorker, on executor: BlockingExecutor) async throws
  {
    let kept = options.services.offered((any KeptMemory).self)
    try await withThrowingTaskGroup(of: StepWorker.Completion.self) { group in
      while true {
        try Task.checkCancellation()
        while let (step, inputs) = state.nextCheck() {
          group.addTask(executorPreference: executor) { await worker.check(step, inputs: inputs) }
        }
        while let start = state.next() {
          if let excess = start.excess { warn(start.step, needing: excess) }
          await kept?.shrink(to: state.room, keeping: state.reused)
          group.addTask(executorPreference: executor) {
            await worker.work(on: start)
          }
        }
        guard let completion = try await group.next() else { return }
        switch completion.result {
        case .success(.made(let made)):
          state.stopComputing(completion.step)
          group.addTask(executorPreference: executor) { await worker.finish(completion.step, made) }
        case .success(.done(let outcome)): state.finish(completion.step, outcome)
        case .success(.checked): state.pass(completion.step)
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

  private func warn(_ step: Plan.Step, needing bytes: Int) {
    let message =
      "it needs about \(MemoryBudget.phrase(bytes)) of memory, with what is held for later steps, and "
      + "\(MemoryBudget.phrase(options.memoryBudget)) are allowed; it runs alone"
    options.events(.said(step: step.id, .warning, message))
  }

  private func finish(
    _ state: RunState, _ plan: Plan, _ reuse: Reuse, _ unkept: UnkeptResults, _ start: ContinuousClock.Instant
  ) {
    if unkept.count > 1 {
      let others =
        unkept.count == 2
        ? "the result of another stage is" : "the results of \(unkept.count - 1) other stages are"
      options.events(.said(step: nil, .warning, "\(others) not kept either"))
    }
    for (id, cause) in state.blockedBy.sorted(by: { $0.key < $1.key }) {
      options.events(.blocked(step: id, by: cause))
    }
    if let store = options.store, let key = plan.documentKey {
      var past = PastRun(of: key, in: store)
      for step in plan.steps {
        if let result = state.results[step.id] {
          past.note(step, seconds: result.wasCached ? nil : result.seconds, peakBytes: result.peakBytes)
        } else if case .skip? = reuse.decisions[step.id] {
          past.note(step)
        }
      }
      do {
        try past.save(of: key, in: store)
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

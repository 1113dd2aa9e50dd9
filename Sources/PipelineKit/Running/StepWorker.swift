import Foundation

/// Does one step's work, on a thread of its own: runs the stage or reads its result from the store, keeps a new
/// result, and delivers what leaves the pipeline.
struct StepWorker: Sendable {
  struct Completion: Sendable {
    var step: Plan.Step
    var result: Result<Outcome, any Error>
  }

  struct Outcome: Sendable {
    var outputs: StageOutputs
    var result: StepResult
  }

  let plan: Plan
  let reuse: Reuse
  let options: Scheduler.Options
  let scratch: URL

  func work(on step: Plan.Step, inputs: StageInputs) async -> Completion {
    let events = options.events
    let monitor = Monitor { progress in events(.progressed(step: step.id, progress)) }
    do {
      let done = try await withTaskCancellationHandler {
        try await outcome(of: step, inputs, monitor)
      } onCancel: {
        monitor.cancel()
      }
      return Completion(step: step, result: .success(done))
    } catch {
      return Completion(step: step, result: .failure(error))
    }
  }

  private func outcome(of step: Plan.Step, _ inputs: StageInputs, _ monitor: Monitor) async throws -> Outcome
  {
    let start = ContinuousClock.now
    let context = context(for: step, monitor)
    var wasCached = false
    let outputs: StageOutputs
    var peak: Int?
    if case .reuse(let entry)? = reuse.decisions[step.id] {
      wasCached = true
      outputs = try read(step, from: entry)
    } else {
      if case .run(let trouble?)? = reuse.decisions[step.id] {
        context.log(.warning, "\(trouble) and is made again")
      }
      options.events(.started(step: step.id, stage: step.descriptor.name))
      (outputs, peak) = try await run(step, inputs, context)
      try keep(outputs, of: step, context)
    }
    try context.checkCancellation()
    let delivery = try step.stage.deliver(outputs, context)
    let result = StepResult(
      seconds: start.duration(to: .now).seconds, wasCached: wasCached,
      outputs: outputs.values.mapValues(\.shape),
      peakBytes: peak)
    options.events(.finished(step: step.id, result))
    if let delivery { options.events(.delivered(step: step.id, delivery)) }
    return Outcome(outputs: outputs, result: result)
  }

  private func run(_ step: Plan.Step, _ inputs: StageInputs, _ context: StageContext) async throws
    -> (StageOutputs, peak: Int?)
  {
    // Only steps that take turns have the process's peak to themselves.
    let isMeasured = step.stage.effort == .compute
    let before = isMeasured ? ProcessMemory.resident : nil
    if isMeasured { ProcessMemory.resetPeak() }
    let outputs = try await step.stage.run(inputs, context)
    try context.checkCancellation()
    for port in step.descriptor.outputs
    where outputs.values[port.name].map({ type(of: $0).portType }) != port.type {
      throw InternalFault("'\(step.descriptor.name)' did not make its output '\(port.name)'")
    }
    guard isMeasured, let before, let peak = ProcessMemory.peak else { return (outputs, nil) }
    return (outputs, max(0, peak - before))
  }

  private func context(for step: Plan.Step, _ monitor: Monitor) -> StageContext {
    let events = options.events
    return StageContext(
      stage: step.id, monitor: monitor, scratch: scratch.appending(path: step.id.replacing("/", with: ".")),
      permissions: plan.permissions, provenance: step.provenance, services: options.services,
      show: { events(.previewed(step: step.id, $0)) },
      log: { events(.said(step: step.id, $0, $1)) })
  }

  private func read(_ step: Plan.Step, from entry: StoreEntry) throws -> StageOutputs {
    var values: [String: any PortValue] = [:]
    for port in step.descriptor.outputs {
      guard let type = plan.types[port.type] else {
        throw InternalFault("the port type '\(port.type)' is not registered")
      }
      do {
        values[port.name] = try entry.withFolder { try type.read($0.appending(path: port.name)) }
      } catch {
        // Its bytes are what was written, so what wrote them is of another version than what reads them.
        throw StageFailure(
          "its stored result cannot be read: \(error)", advice: "run without the store, or clear it")
      }
    }
    return StageOutputs(values)
  }

  /// A result that cannot be kept is said, and costs only the next run's time.
  private func keep(_ outputs: StageOutputs, of step: Plan.Step, _ context: StageContext) throws {
    guard let store = options.store, let fingerprint = step.fingerprint, step.stage.effort != .light else {
      return
    }
    do {
      try store.insert(fingerprint, metadata: Data(step.id.utf8)) { folder in
        for (port, value) in outputs.values {
          let place = folder.appending(path: port)
          try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
          try value.write(to: place, monitor: context.monitor)
        }
      }
    } catch {
      // Whatever it is, a value that cannot be evaluated included, will be said where the result is used.
      if error is CancellationError || context.monitor.isCancelled { throw CancellationError() }
      context.log(.warning, "the result is not kept: \(error)")
    }
  }
}

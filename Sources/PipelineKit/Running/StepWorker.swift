import Foundation
import Foundations
import Synchronization

/// Does one step's work, on a thread of its own: runs the stage or reads its result from the store, keeps a new
/// result, and delivers what leaves the pipeline.
struct StepWorker: Sendable {
  struct Completion: Sendable {
    var step: Plan.Step
    var result: Result<Progress, any Error>
  }

  enum Progress: Sendable {
    /// A sink has made its file; to keep and deliver it is a matter of the disk, and the next may compute meanwhile.
    case made(Made)
    case done(Outcome)
    /// A step's check found nothing wrong.
    case checked
  }

  /// What a step has made or read.
  struct Made: Sendable {
    var outputs: StageOutputs
    var wasCached: Bool
    var peakBytes: Int?
    let start: ContinuousClock.Instant
    let monitor: Monitor
  }

  struct Outcome: Sendable {
    var outputs: StageOutputs
    var result: StepResult
  }

  let plan: Plan
  let reuse: Reuse
  let options: Scheduler.Options
  let scratch: ScratchPlace
  let unkept = UnkeptResults()

  /// Runs the step, or reads its result, and settles it unless it is a sink that has computed.
  func work(on start: RunState.Start) async -> Completion {
    let step = start.step
    let monitor = monitor(of: step)
    return await completion(of: step, monitor) {
      var made = try await make(step, start.inputs, monitor)
      if step.descriptor.isSink, !made.wasCached { return .made(made) }
      if start.settles {
        for port in step.wantedPorts {
          made.outputs[port] = try made.outputs.values[port]?.settled(monitor: monitor)
        }
      }
      return .done(try settle(step, made))
    }
  }

  /// Lets the step look at the inputs that are there.
  func check(_ step: Plan.Step, inputs: StageInputs) async -> Completion {
    let monitor = monitor(of: step)
    return await completion(of: step, monitor) {
      try await step.stage.check(inputs, context(for: step, monitor))
      return .checked
    }
  }

  private func monitor(of step: Plan.Step) -> Monitor {
    let events = options.events
    return Monitor { progress in events(.progressed(step: step.id, progress)) }
  }

  /// Keeps and delivers what a step has made.
  func finish(_ step: Plan.Step, _ made: Made) async -> Completion {
    await completion(of: step, made.monitor) { .done(try settle(step, made)) }
  }

  private func completion(
    of step: Plan.Step, _ monitor: Monitor, _ work: @Sendable () async throws -> Progress
  ) async -> Completion {
    do {
      let progress = try await withTaskCancellationHandler {
        try await work()
      } onCancel: {
        monitor.cancel()
      }
      return Completion(step: step, result: .success(progress))
    } catch {
      return Completion(step: step, result: .failure(FileError(fullDisk: error) ?? error))
    }
  }

  private func make(_ step: Plan.Step, _ inputs: StageInputs, _ monitor: Monitor) async throws -> Made {
    let start = ContinuousClock.now
    if case .reuse(let entry)? = reuse.decisions[step.id] {
      return Made(outputs: try read(step, from: entry), wasCached: true, start: start, monitor: monitor)
    }
    let context = context(for: step, monitor)
    if case .run(let trouble?)? = reuse.decisions[step.id] {
      context.log(.warning, "\(trouble) and is made again")
    }
    options.events(.started(step: step.id, stage: step.descriptor.name))
    let (outputs, peak) = try await run(step, inputs, context)
    return Made(outputs: outputs, wasCached: false, peakBytes: peak, start: start, monitor: monitor)
  }

  private func settle(_ step: Plan.Step, _ made: Made) throws -> Outcome {
    let context = context(for: step, made.monitor)
    if !made.wasCached { try keep(made.outputs, of: step, context) }
    try context.checkCancellation()
    var outputs = made.outputs
    for port in plan.returnedPorts(of: step) {
      if let value = outputs.values[port] { outputs[port] = try value.settled(monitor: made.monitor) }
    }
    let delivery = plan.delivers(step) ? try step.stage.deliver(made.outputs, context) : nil
    let result = StepResult(
      seconds: made.start.duration(to: .now).seconds, wasCached: made.wasCached,
      outputs: made.outputs.values.mapValues(\.shape), peakBytes: made.peakBytes)
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
    let bytes = max(0, peak - before)
    if bytes > options.memoryBudget {
      context.log(
        .warning,
        "it took \(MemoryBudget.phrase(bytes)), and \(MemoryBudget.phrase(options.memoryBudget)) are allowed")
    }
    return (outputs, bytes)
  }

  private func context(for step: Plan.Step, _ monitor: Monitor) -> StageContext {
    let events = options.events
    return StageContext(
      stage: step.id, monitor: monitor,
      scratch: scratch.url.appending(path: step.id.replacing("/", with: ".")),
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

  /// A result that cannot be kept costs only the next run's time. The first is said with its reason; a full disk has
  /// thousands.
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
      if unkept.isFirst() { context.log(.warning, "the result is not kept: \(words(for: error))") }
    }
  }
}

/// How many results a run could not keep in the store.
final class UnkeptResults: Sendable {
  private let number = Atomic(0)
  var count: Int { number.load(ordering: .relaxed) }

  /// Counts one; whether it is the first.
  func isFirst() -> Bool { number.add(1, ordering: .relaxed).oldValue == 0 }
}

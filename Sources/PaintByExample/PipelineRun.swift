import Foundation
import Foundations
public import PipelineKit
import Synchronization

/// A run of a document that is under way.
public struct PipelineRun: Sendable {
  /// What happens, in order; ends with the run. One task may follow it.
  public let events: AsyncStream<Event>
  private let task: Task<PipelineResult, any Error>

  init(_ pipeline: Pipeline, _ request: PlanRequest, _ inputs: [InputName: PipelineInput]) {
    let (events, continuation) = AsyncStream.makeStream(of: Event.self)
    self.events = events
    task = Task {
      defer { continuation.finish() }
      return try await Self.run(pipeline, request, inputs) { continuation.yield($0) }
    }
  }

  /// What the run has made, once it has ended. Cancelling the task that waits here stops the run.
  ///
  /// - Throws: as `Pipeline.run`.
  public var result: PipelineResult {
    get async throws {
      try await withTaskCancellationHandler {
        try await task.value
      } onCancel: {
        task.cancel()
      }
    }
  }

  /// Stops the run: its result is a `CancellationError`. Nothing half-written is left behind.
  public func cancel() { task.cancel() }

  private static func run(
    _ pipeline: Pipeline, _ request: PlanRequest, _ inputs: [InputName: PipelineInput],
    events: @escaping @Sendable (Event) -> Void
  ) async throws -> PipelineResult {
    let scratch = try ScratchPlace()
    defer { withExtendedLifetime(scratch) {} }
    let given = try await withTaskExecutorPreference(BlockingExecutor()) {
      try await Self.given(inputs, in: scratch.url, request)
    }
    let plan = try await pipeline.machine.plan(pipeline.document, given)
    let record = Record()
    var options = pipeline.machine.runOptions
    options.events = { event in
      record.note(event)
      events(event)
    }
    let values = try await Scheduler(options).run(plan)
    return record.result(values, unwritten: plan.withheld)
  }

  /// The request with files for all inputs. What was no file is called by the input's name.
  private static func given(
    _ inputs: [InputName: PipelineInput], in folder: URL, _ request: PlanRequest
  ) async throws -> PlanRequest {
    var request = request
    for (input, value) in inputs {
      if case .file(let path) = value {
        request.inputs[input.name] = path
      } else if let file = try value.file(named: input.name, in: folder) {
        request.inputs[input.name] = input.name
        request.locations[input.name] = file
      }
    }
    return request
  }
}

/// What a run says that its result tells of.
private final class Record: Sendable {
  private let result = Mutex(PipelineResult())

  func note(_ event: Event) {
    result.withLock { result in
      switch event {
      case .delivered(_, let delivery): result.files.append(delivery)
      case .said(let step, .warning, let message):
        result.warnings.append((step.map { "\($0): " } ?? "") + message)
      case .ended(let seconds, _): result.seconds = seconds
      default: break
      }
    }
  }

  func result(_ values: [String: any PortValue], unwritten: [Plan.UnwrittenFile]) -> PipelineResult {
    result.withLock { result in
      result.values = values
      result.unwritten = unwritten
      return result
    }
  }
}

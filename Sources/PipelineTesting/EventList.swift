public import PipelineKit
import Synchronization

/// Hears the events of a run and keeps them in order.
public final class EventList: Sendable {
  private let list = Mutex<[Event]>([])

  /// An empty list.
  public init() {}

  /// Adds an event.
  public func hear(_ event: Event) { list.withLock { $0.append(event) } }

  /// The events so far.
  public var events: [Event] { list.withLock { $0 } }
}

extension [Event] {
  /// The steps that were run, in the order they started.
  public var started: [String] { compactMap { if case .started(let step, _) = $0 { step } else { nil } } }

  /// The steps that came to an end, in that order.
  public var finished: [String] { compactMap { if case .finished(let step, _) = $0 { step } else { nil } } }

  /// The steps whose results came from the store, in the order they were read.
  public var cached: [String] {
    compactMap { if case .finished(let step, let result) = $0, result.wasCached { step } else { nil } }
  }

  /// What was delivered, by the step that did.
  public var delivered: [String: Delivery] {
    reduce(into: [:]) { if case .delivered(let step, let delivery) = $1 { $0[step] = delivery } }
  }

  /// The warnings.
  public var warnings: [String] {
    compactMap { if case .said(_, .warning, let message) = $0 { message } else { nil } }
  }

  /// The steps that were not run because one they need failed, with that one.
  public var blocked: [String: String] {
    reduce(into: [:]) { if case .blocked(let step, let cause) = $1 { $0[step] = cause } }
  }
}

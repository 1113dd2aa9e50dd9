import CVips
import Synchronization

/// Follows and stops a long evaluation (decoding, encoding, statistics) from outside.
///
/// ```swift
/// let monitor = EvaluationMonitor { print("\(Int($0 * 100)) %") }
/// try await withTaskCancellationHandler {
///   try picture.write(to: "out.png", monitor: monitor)
/// } onCancel: {
///   monitor.cancel()
/// }
/// ```
/// An evaluation without a monitor still stops when the task it runs in is cancelled.
public final class EvaluationMonitor: Sendable {
  private struct State {
    var isCancelled = false
    var watched: [Image] = []
  }

  private let state = Mutex(State())
  private let progress: (@Sendable (Double) -> Void)?

  /// - Parameter progress: called with the fraction done, 0 to 1, of the pass at hand; some operations make several
  ///   passes. Called from whichever thread evaluates.
  public init(progress: (@Sendable (Double) -> Void)? = nil) { self.progress = progress }

  /// Stops what is being evaluated now, and all that would be later. The evaluation throws `CancellationError`.
  public func cancel() {
    state.withLock { state in
      state.isCancelled = true
      for image in state.watched { vips_image_set_kill(image.pointer, 1) }
    }
  }

  /// Whether `cancel()` was called, or the evaluating task was cancelled.
  public var isCancelled: Bool { state.withLock { $0.isCancelled } }

  func watch(_ image: Image) {
    state.withLock { state in
      state.watched.append(image)
      if state.isCancelled { vips_image_set_kill(image.pointer, 1) }
    }
  }

  func forget(_ image: Image) {
    state.withLock { state in state.watched.removeAll { $0 === image } }
  }

  /// libvips calls this as pixels get done; it emits from the thread that waits for the workers, so the task
  /// that started the evaluation is the current one.
  func advance(to fraction: Double) {
    if Task.isCancelled { cancel() }
    progress?(min(max(fraction, 0), 1))
  }
}

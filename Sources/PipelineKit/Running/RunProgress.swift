/// How far a whole run is, made of its events: steps done of all, and the time that is left.
public struct RunProgress: Sendable {
  /// Steps that have come to an end.
  public private(set) var done = 0
  /// Steps that run or are read from the store.
  public private(set) var total = 0

  private struct Running {
    var start: ContinuousClock.Instant
    var fraction = 0.0
  }
  private var running: [String: Running] = [:]
  /// What steps that take time took before, of those that have not ended; nil for one that never ran.
  private var expected: [String: Double?] = [:]

  /// A run that has not begun.
  public init() {}

  /// Notes an event of the run.
  public mutating func note(_ event: Event, at now: ContinuousClock.Instant = .now) {
    switch event {
    case .began(let runs, let cached, let lastSeconds):
      self = RunProgress()
      total = runs + cached
      expected = lastSeconds
    case .started(let step, _): running[step] = Running(start: now)
    case .progressed(let step, let progress): running[step]?.fraction = progress.fraction
    case .finished(let step, _), .failed(let step, _), .blocked(let step, _):
      done += 1
      running[step] = nil
      expected[step] = nil
    case .previewed, .delivered, .said, .ended: break
    }
  }

  /// The seconds that are left, as far as earlier runs and the progress of this one tell: steps that compute take turns.
  /// Nil while a step is ahead that never ran.
  public func secondsLeft(at now: ContinuousClock.Instant = .now) -> Double? {
    var left = 0.0
    for (step, seconds) in expected {
      guard let run = running[step] else {
        guard let seconds else { return nil }
        left += seconds
        continue
      }
      let elapsed = run.start.duration(to: now).seconds
      // What a step says of its first moments tells little.
      if run.fraction >= 0.02 {
        left += elapsed * (1 / min(run.fraction, 1) - 1)
      } else if let seconds {
        left += max(0, seconds - elapsed)
      } else {
        return nil
      }
    }
    return left
  }
}

/// Lets through what comes too often: at most one in so much time.
public struct Pace: Sendable {
  private let interval: Duration
  private var last: ContinuousClock.Instant?

  /// - Parameter interval: the least time between two.
  public init(atMostEvery interval: Duration) { self.interval = interval }

  /// Whether the next one may come now; the first may.
  public mutating func permits(at now: ContinuousClock.Instant = .now) -> Bool {
    if let last, last.duration(to: now) < interval { return false }
    last = now
    return true
  }
}

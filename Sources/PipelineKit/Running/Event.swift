import Foundation

/// What happens during a run, in order: the terminal's progress, `--json` and the report are all made of these.
public enum Event: Sendable {
  /// The plan is made: how many steps run, how many results are taken from the store, and how many seconds each step
  /// that takes time took the last time, nil where it never ran.
  case began(running: Int, cached: Int, lastSeconds: [String: Double?])
  case started(step: String, stage: String)
  case progressed(step: String, Monitor.Progress)
  /// How a step's unfinished result looks.
  case previewed(step: String, StagePreview)
  case finished(step: String, StepResult)
  case delivered(step: String, Delivery)
  case failed(step: String, message: String)
  /// A step was not run because one it needs failed.
  case blocked(step: String, by: String)
  case said(step: String?, LogLevel, String)
  case ended(seconds: Double, failures: Int)
}

/// How a step went.
public struct StepResult: Sendable {
  /// Wall time.
  public var seconds: Double
  /// Whether the result was taken from the store.
  public var wasCached: Bool
  /// What was made, by port.
  public var outputs: [String: ValueShape]
  /// The process's highest resident memory during the step above that before it; nil where it is not known.
  public var peakBytes: Int?
}

extension Event {
  /// The version of the JSON form. Members may be added within a version.
  public static let version = 1

  /// One line of `--json`.
  public var json: JSONValue {
    switch self {
    case .began(let running, let cached, let lastSeconds):
      record(
        "began",
        [
          "version": JSONValue(Self.version), "running": JSONValue(running), "cached": JSONValue(cached),
          "lastSeconds": .object(lastSeconds.mapValues { $0.map { .number($0) } ?? .null }),
        ])
    case .started(let step, let stage): record("started", ["step": .string(step), "stage": .string(stage)])
    case .progressed(let step, let progress):
      record("progressed", ["step": .string(step)], progress.json)
    case .previewed(let step, let preview):
      record(
        "previewed",
        [
          "step": .string(step), "mediaType": .string(preview.mediaType),
          "count": JSONValue(preview.count), "total": JSONValue(preview.total),
          "base64": .string(preview.picture.base64EncodedString()),
        ])
    case .finished(let step, let result): record("finished", ["step": .string(step)], result.json)
    case .delivered(let step, let delivery):
      record(
        "delivered",
        [
          "step": .string(step), "place": .string(delivery.place), "bytes": JSONValue(delivery.bytes),
          "unchanged": .bool(delivery.wasUnchanged),
        ])
    case .failed(let step, let message):
      record("failed", ["step": .string(step), "message": .string(message)])
    case .blocked(let step, let cause): record("blocked", ["step": .string(step), "by": .string(cause)])
    case .said(let step, let level, let message):
      record(
        "said",
        [
          "step": step.map { .string($0) } ?? .null, "level": .string(level.rawValue),
          "message": .string(message),
        ])
    case .ended(let seconds, let failures):
      record("ended", ["seconds": .number(seconds), "failures": JSONValue(failures)])
    }
  }

  private func record(_ name: String, _ members: [String: JSONValue], _ more: [String: JSONValue] = [:])
    -> JSONValue
  {
    .object(["event": .string(name)].merging(members) { $1 }.merging(more) { $1 })
  }
}

extension Monitor.Progress {
  var json: [String: JSONValue] {
    var members: [String: JSONValue] = ["fraction": .number(fraction)]
    if let count, let total, let unit {
      members["count"] = JSONValue(count)
      members["total"] = JSONValue(total)
      members["unit"] = .string(unit)
    }
    return members
  }
}

extension StepResult {
  var json: [String: JSONValue] {
    var members: [String: JSONValue] = [
      "seconds": .number(seconds), "cached": .bool(wasCached),
      "outputs": .object(outputs.mapValues { .string($0.summary) }),
    ]
    if let peakBytes { members["peakBytes"] = JSONValue(peakBytes) }
    return members
  }
}

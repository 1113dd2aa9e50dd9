import Foundation
import Foundations

/// What a checkpoint knows besides numbers of parameters.
///
/// There is no generator's state in it: every draw of a training is decided by seed and step (see `BatchSource`).
struct TrainingRecord: Sendable, Hashable {
  /// Steps done.
  var step = 0
  /// Steps that changed the weights: all but those skipped for an overflow.
  var updates = 0
  /// How long the steps took, in seconds.
  var seconds = 0.0
  /// The factor that losses are scaled by; nil when they are not.
  var lossScale: LossScale?
  /// What decides the numbers of the training.
  var settings: JSONValue

  private static let version = 1

  init(settings: JSONValue, lossScale: LossScale?) {
    self.settings = settings
    self.lossScale = lossScale
  }

  /// - Throws: `TrainingError` when the file is no record of this version.
  init(contentsOf file: URL) throws {
    let path = file.path(percentEncoded: false)
    let value = try JSONParser.parse(Data(ofFile: file), file: path).root
    guard value["version"]?.integer == Self.version, let step = value["step"]?.integer,
      let updates = value["updates"]?.integer, let seconds = value["seconds"]?.number,
      let settings = value["settings"], let scale = value["lossScale"]
    else {
      throw TrainingError(
        "\(path) is no record of a training that this version of the program can go on with")
    }
    (self.step, self.updates, self.seconds, self.settings) = (step, updates, seconds, settings)
    if scale != .null {
      guard let factor = scale["factor"]?.number, let goodSteps = scale["goodSteps"]?.integer else {
        throw TrainingError("\(path): lossScale is not understood")
      }
      lossScale = LossScale(factor: factor, goodSteps: goodSteps)
    }
  }

  func write(to file: URL) throws {
    let value: JSONValue = [
      "version": JSONValue(Self.version), "step": JSONValue(step), "updates": JSONValue(updates),
      "seconds": .number(seconds), "settings": settings,
      "lossScale": lossScale.map { ["factor": .number($0.factor), "goodSteps": JSONValue($0.goodSteps)] }
        ?? .null,
    ]
    try Data(JSONWriter.pretty(value).utf8).write(to: file)
  }
}

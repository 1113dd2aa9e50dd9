import Diffusion
import Foundation
import Foundations
import Tensors

extension Trainer {
  /// Writes a checkpoint of the present step, unless there is one, and draws the plot anew.
  func save() async throws {
    guard exchange.rank == 0, try !folder.steps().contains(record.step) else { return }
    var parts: [CheckpointPart: Checkpoint] = [:]
    for part in CheckpointPart.allCases {
      guard let vector = try await state(part) else { continue }
      guard vector.values.allSatisfy(\.isFinite) else {
        throw TrainingError("step \(record.step): \(part.fileName) would hold a number that is not finite")
      }
      parts[part] = try vector.checkpoint()
    }
    try folder.write(record, parts, keeping: settings.checkpointCount)
    let plot = try LossPlot(contentsOf: folder.metrics)
    try AtomicFile(folder.plot).write(Data(plot.svg.utf8))
  }

  /// Takes up the training that a checkpoint holds.
  func resume(at step: Int) async throws {
    let path = folder.checkpoint(of: step).path(percentEncoded: false)
    let former = try folder.record(of: step)
    let differences = record.settings.differences(from: former.settings)
    guard differences.isEmpty else {
      throw TrainingError(
        "\(path) was made with other settings: \(differences.joined(separator: "; ")). "
          + "Go on with those, or train in another folder.")
    }
    record = former
    for part in CheckpointPart.allCases {
      if let engines = part.engines {
        try await folder.read(part, of: step, layout).write(engines, of: model)
      } else if settings.average != nil {
        average = try folder.read(part, of: step, layout)
      }
    }
  }

  /// Makes sure that all processes go on from the same step with the same settings.
  func checkAgreement() async throws {
    let state: JSONValue = ["settings": record.settings, "step": JSONValue(record.step)]
    // The mean of equal bytes is exact; that of others is no process's own but by a chance that is none.
    let own = ContentDigest(of: JSONWriter.canonical(state)).bytes.map(Float.init)
    var mean = own
    try await exchange.average(&mean)
    guard mean == own else {
      throw TrainingError(
        "the \(exchange.processCount) processes do not train the same: process \(exchange.rank) is at step "
          + "\(record.step) of \(folder.url.path(percentEncoded: false)). All need the same settings, and a folder "
          + "that all of them see.")
    }
  }

  /// A part of the state as it is; nil when none is kept.
  func state(_ part: CheckpointPart) async throws -> ParameterVector? {
    guard let engines = part.engines else { return average }
    var vector = ParameterVector(layout)
    try await vector.read(engines, of: model)
    return vector
  }
}

extension CheckpointPart {
  /// What the engine calls it; nil for what the trainer itself keeps.
  fileprivate var engines: ParameterPart? {
    switch self {
    case .weights: .value
    case .firstMoment: .firstMoment
    case .secondMoment: .secondMoment
    case .average: nil
    }
  }
}

extension JSONValue {
  /// Where another value differs, in sentences: `optimizer.rate is 0.1, and was 0.2`.
  ///
  /// - Parameter former: what there was.
  func differences(from former: JSONValue, at path: String = "") -> [String] {
    guard self != former else { return [] }
    if case .object(let members) = self, case .object(let formerMembers) = former {
      return Set(members.keys).union(formerMembers.keys).sorted().flatMap { name in
        (members[name] ?? .null).differences(
          from: formerMembers[name] ?? .null, at: path.isEmpty ? name : "\(path).\(name)")
      }
    }
    return ["\(path) is \(text), and was \(former.text)"]
  }

  /// The value on one line; null for what there is not.
  private var text: String { String(decoding: JSONWriter.canonical(self), as: UTF8.self) }
}

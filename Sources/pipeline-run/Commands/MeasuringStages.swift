import Evaluation
import Foundation
import Foundations
import PaintByExample
import PipelineKit

/// Takes measures of single pictures by running their stages, whose reports the store keeps.
struct MeasuringStages: StageMeasuring {
  let machine: Machine
  let options: EncoderOptions

  func network(of measure: any StageMeasure.Type) throws -> NetworkIdentity {
    let settings = measure.settings.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.string ?? "")" }
    return try NetworkIdentity(
      measure.name, network: measure.stage,
      preparation: settings.isEmpty ? "as it is by default" : settings.joined(separator: ", "),
      at: options.place(options.name(of: measure.weights)))
  }

  func value(of measure: any StageMeasure.Type, _ subject: Subject) async throws -> Double {
    let document = try Self.document(measure, ports: subject.files.keys.sorted())
    var inputs: [InputName: PipelineInput] = [:]
    for (port, file) in subject.files { inputs[InputName(port)] = .file(file) }
    let weights = try options.place(options.name(of: measure.weights)).path
    do {
      let result = try await Pipeline(json: document, named: measure.name, on: machine).run(
        inputs: inputs, params: ["weights": .string(weights), "engine": .string(options.engine)])
      guard let value = try result.report("report")[measure.member]?.number else {
        throw EvaluationFault("its \(measure.member) is not defined")
      }
      return value
    } catch let failure as RunFailure {
      throw EvaluationFault(failure.failures.map(\.message).joined(separator: "; "))
    } catch let invalid as InvalidDocument {
      throw EvaluationFault(invalid.diagnostics.map(\.message).joined(separator: "; "))
    }
  }

  /// A document that runs the stage alone.
  private static func document(_ measure: any StageMeasure.Type, ports: [String]) throws -> String {
    let inputs = ports.map { ($0, JSONValue.string($0 == "mask" ? "mask" : "image")) }
    var settings = measure.settings
    settings["weights"] = ["$param": "weights"]
    settings["engine"] = ["$param": "engine"]
    settings["precision"] = "f32"
    let document: JSONValue = [
      "formatVersion": 1,
      "params": ["weights": ["type": "path"], "engine": ["type": "string"]],
      "inputs": .object(Dictionary(uniqueKeysWithValues: inputs)),
      "stages": [
        "measure": [
          "use": .string(measure.stage),
          "in": .object(Dictionary(uniqueKeysWithValues: ports.map { ($0, .string("inputs.\($0)")) })),
          "set": .object(settings),
        ]
      ],
      "outputs": ["report": "measure.report"],
    ]
    return String(decoding: JSONWriter.canonical(document), as: UTF8.self)
  }
}

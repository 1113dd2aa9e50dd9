import Foundation
import PipelineKit

/// Writes a value that is JSON to a file: `report.save`, `box.save`, `placement.save`.
struct SaveJSON<Value: JSONFileValue>: Sink {
  static var name: String { "\(Value.portType).save" }
  static var summary: String { "Writes a \(Value.portType) to a JSON file." }
  static var value: Input<Value> { Input(Value.portType.name, help: "The \(Value.portType).") }
  static var file: Output<EncodedFile> { Output("file", help: "The JSON file.") }
  static var inputs: [any StagePort] { [value] }
  static var outputs: [any StagePort] { [file] }

  struct Parameters: StageParameters {
    @Parameter(help: "The file; - writes to standard output.") var path: OutputPath
  }
  var parameters: Parameters

  var effort: Effort { .waiting }

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    let file = try context.scratch.appending(path: "value.json")
    try inputs[Self.value].export(to: file, monitor: context.monitor)
    return StageOutputs(Self.file, EncodedFile(file))
  }

  func deliver(_ outputs: StageOutputs, _ context: StageContext) throws -> Delivery {
    try parameters.path.deliver(outputs[Self.file].url)
  }
}

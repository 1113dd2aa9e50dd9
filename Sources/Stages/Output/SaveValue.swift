import Foundation
import PipelineKit

/// Writes a value to a file in its exchange form: `report.save`, `box.save`, `placement.save`, `condition.save`,
/// `latent.save`.
struct SaveValue<Value: PortValue>: Sink {
  static var name: String { "\(Value.portType).save" }
  static var summary: String { "Writes a \(Value.portType) to a file: .\(Value.exchangeExtension)." }
  static var value: Input<Value> { Input(Value.portType.name, help: "The \(Value.portType).") }
  static var file: Output<EncodedFile> { Output("file", help: "The file.") }
  static var inputs: [any StagePort] { [value] }
  static var outputs: [any StagePort] { [file] }

  struct Parameters: StageParameters {
    @Parameter(help: "The file; - writes to standard output.") var path: OutputPath
  }
  var parameters: Parameters

  var effort: Effort { .waiting }

  func mostBytes(_ inputs: StageShapes, provenance: String?) -> Int? {
    // A small file of JSON, whose size only its making tells, takes one of the disk's blocks.
    if Value.self is any JSONFileValue.Type { return 4096 }
    return inputs[Self.value].map { ValueShape.mostBytes(ofFileWith: $0.bytes, provenance: nil) }
  }

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    let file = try context.scratch.appending(path: "value.\(Value.exchangeExtension)")
    try inputs[Self.value].export(to: file, monitor: context.monitor)
    return StageOutputs(Self.file, EncodedFile(file))
  }

  func deliver(_ outputs: StageOutputs, _ context: StageContext) throws -> Delivery {
    try parameters.path.deliver(outputs[Self.file].url)
  }
}

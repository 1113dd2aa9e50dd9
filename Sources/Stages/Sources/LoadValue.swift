import Foundation
import PipelineKit

/// Reads a value from a file in its exchange form: `condition.load`, `latent.load`.
struct LoadValue<Value: PortValue>: Stage {
  static var name: String { "\(Value.portType).load" }
  static var summary: String { "Reads a \(Value.portType) from a file: .\(Value.exchangeExtension)." }
  static var value: Output<Value> { Output(Value.portType.name, help: "The \(Value.portType).") }
  static var outputs: [any StagePort] { [value] }

  struct Parameters: StageParameters {
    @Parameter(help: "The file; - reads standard input.") var path: InputPath
  }
  var parameters: Parameters

  func estimate(_ inputs: StageShapes) throws -> Estimate {
    Estimate([(Self.value, try Value.imported(from: parameters.path.url).shape)])
  }

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    StageOutputs(Self.value, try Value.imported(from: parameters.path.url))
  }
}

import Foundation
public import PipelineKit

/// Stages that make, load, add and save numbers.
public enum NumberStages {
  /// A registry of `number.constant`, `number.load`, `number.add` and `number.save`, and of these stages besides.
  public static func registry(_ stages: [StageDefinition] = []) throws -> Registry {
    var registry = Registry()
    registry.register(
      PortTypeDefinition(
        Number.self, summary: "A number.", source: NumberLoad.name, sink: NumberSave.name))
    try registry.register([NumberConstant.self, NumberLoad.self, NumberAdd.self, NumberSave.self])
    for stage in stages { try registry.register(stage) }
    return registry
  }
}

private struct NumberConstant: Stage {
  static let name = "number.constant"
  static let summary = "A number."
  static let number = Output<Number>("number", help: "The number.")
  static let outputs: [any StagePort] = [number]

  struct Parameters: StageParameters {
    @Parameter(help: "The number.", -1e6...1e6) var value = 1.0
  }
  var parameters: Parameters

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    StageOutputs(Self.number, Number(parameters.value))
  }
}

private struct NumberLoad: Stage {
  static let name = "number.load"
  static let summary = "Reads a number from a JSON file."
  static let number = Output<Number>("number", help: "The number.")
  static let outputs: [any StagePort] = [number]

  struct Parameters: StageParameters {
    @Parameter(help: "The file to read.") var path: InputPath
  }
  var parameters: Parameters

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    StageOutputs(Self.number, try Number.imported(from: parameters.path.url))
  }
}

private struct NumberAdd: Stage {
  static let name = "number.add"
  static let summary = "Adds numbers; a result that is kept."
  static let numbers = ManyInputs<Number>("numbers", help: "The numbers.")
  static let number = Output<Number>("number", help: "Their sum, and what is added to it.")
  static let inputs: [any StagePort] = [numbers]
  static let outputs: [any StagePort] = [number]

  struct Parameters: StageParameters {
    @Parameter(help: "Added to the sum.") var offset = 0.0
  }
  var parameters: Parameters
  var effort: Effort { .waiting }

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    let sum = try inputs[Self.numbers].map(\.value).reduce(parameters.offset, +)
    return StageOutputs(Self.number, Number(sum))
  }
}

private struct NumberSave: Sink {
  static let name = "number.save"
  static let summary = "Writes a number to a JSON file."
  static let number = Input<Number>("number", help: "The number.")
  static let saved = Output<Number>("number", help: "The number that was written.")
  static let inputs: [any StagePort] = [number]
  static let outputs: [any StagePort] = [saved]

  struct Parameters: StageParameters {
    @Parameter(help: "The file to write.") var path: OutputPath
  }
  var parameters: Parameters
  var effort: Effort { .waiting }

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    StageOutputs(Self.saved, try inputs[Self.number])
  }

  func deliver(_ outputs: StageOutputs, _ context: StageContext) throws -> Delivery {
    let file = try context.scratch.appending(path: "number.json")
    try outputs[Self.saved].export(to: file, monitor: context.monitor)
    return try parameters.path.deliver(file)
  }
}

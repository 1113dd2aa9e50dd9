import Foundation
import PipelineKit
import PipelineTesting

/// A second type of port, so that types can differ.
struct Word: PortValue {
  var text: String
  static let portType: PortType = "word"
  static let exchangeExtension = "txt"
  var shape: ValueShape { ValueShape(summary: text, bytes: text.utf8.count) }
  func write(to folder: URL, monitor: Monitor) throws {
    try export(to: folder.appending(path: "word.txt"), monitor: monitor)
  }
  static func read(from folder: URL) throws -> Word { try imported(from: folder.appending(path: "word.txt")) }
  func export(to file: URL, monitor: Monitor) throws { try Data(text.utf8).write(to: file) }
  static func imported(from file: URL) throws -> Word {
    Word(text: try String(contentsOf: file, encoding: .utf8))
  }
}

extension PortDescriptor {
  static func word(_ name: String, _ arity: Arity = .one) -> PortDescriptor {
    PortDescriptor(name: name, type: Word.portType, arity: arity, help: "A word.")
  }
}

extension Bench {
  /// A bench whose documents may use words, and a stage with a parameter of every kind.
  static func planning(_ stages: [StageDefinition] = []) throws -> Bench {
    var registry = try NumberStages.registry()
    registry.register(PortTypeDefinition(Word.self, summary: "A word."))
    try registry.register(
      .stub("word.count", inputs: [.word("word")], isConversion: true) { call in
        .number(Double((call.inputs.values["word"]?.first as? Word)?.text.count ?? 0))
      })
    try registry.register(
      .stub("word.write", outputs: [.word("word")]) { _ in StageOutputs(["word": Word(text: "a")]) })
    try registry.register(StageDefinition(Everything.self))
    for stage in stages { try registry.register(stage) }
    return try Bench(registry: registry)
  }
}

/// A stage with a parameter of every kind, whose result shows them.
struct Everything: Stage {
  enum Mode: String, ParameterChoice { case soft, hard }

  struct Parameters: StageParameters {
    @Parameter(help: "A flag.") var flag = true
    @Parameter(help: "A count.", 1...10) var count = 3
    @Parameter(help: "A weight.", 0...) var weight = 0.5
    @Parameter(help: "A text.") var text = "t"
    @Parameter(help: "A mode.") var mode = Mode.soft
    @Parameter(help: "Numbers.", 0...1, count: Bounds(minimum: 2, maximum: 3)) var list = [0.0, 1.0]
    @Parameter(help: "A limit.", 1...5) var limit: Int? = nil
    @Parameter(help: "Files.") var files: [InputPath] = []
    @Parameter(help: "A file.") var file: InputPath? = nil
    @Parameter(help: "Anything.") var any = JSONValue.null

    func conflict() -> ParameterConflict? {
      guard let limit, limit > count else { return nil }
      return ParameterConflict("limit", "the limit \(limit) exceeds the count \(count)")
    }
  }

  static let name = "test.everything"
  static let summary = "Shows its parameters."
  static let number = Output<Number>("number", help: "The count.")
  static let outputs: [any StagePort] = [number]
  var parameters: Parameters

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    StageOutputs(Self.number, Number(Double(parameters.count)))
  }
}

/// A document of these stages, with an output that is the number of the stage `last`.
func text(_ stages: String, last: String? = nil, params: String = "{}", more: String = "") -> String {
  let outputs = last.map { #", "outputs": {"result": "\#($0).number"}"# } ?? ""
  return #"{"formatVersion": 1, "params": \#(params), "stages": {\#(stages)}\#(outputs)\#(more)}"#
}

extension [Diagnostic] {
  var messages: [String] { map(\.message) }
}

extension Plan {
  /// The settings of a stage in the resolved document.
  func settings(_ id: String) -> JSONValue? { resolved["stages"]?[id]?["set"] }

  func step(_ id: String) -> Plan.Step? { steps.first { $0.id == id } }
}

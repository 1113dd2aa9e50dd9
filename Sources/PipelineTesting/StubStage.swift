public import PipelineKit

/// What a stub stage is run with.
public struct StubCall: Sendable {
  /// The stage's complete settings.
  public let settings: [String: JSONValue]
  /// Its inputs.
  public let inputs: StageInputs
  /// Its context.
  public let context: StageContext

  /// The numbers at its inputs, in the order of their ports' names.
  public var numbers: [Double] {
    inputs.values.sorted { $0.key < $1.key }.flatMap(\.value).compactMap { ($0 as? Number)?.value }
  }
}

extension StageDefinition {
  /// A stage made of a closure.
  ///
  /// - Parameters:
  ///   - inputs: its inputs' ports; by default two numbers at `a` and `b`, which may be left unlinked.
  ///   - outputs: its outputs' ports; by default one number at `number`.
  ///   - estimate: what is known of a run beforehand, from the settings and the inputs' shapes.
  ///   - checkedInputs: the names of the inputs that `check` looks at before the others are there; nil for no check.
  ///   - check: throws what these inputs show to be wrong.
  ///   - run: makes the outputs.
  public static func stub(
    _ name: String, version: Int = 1, parameters: [ParameterDescriptor] = [],
    inputs: [PortDescriptor] = [.number("a", .optional), .number("b", .optional)],
    outputs: [PortDescriptor] = [.number("number")], effort: Effort = .light, isPure: Bool = true,
    isConversion: Bool = false,
    estimate: @escaping @Sendable (_ settings: [String: JSONValue], StageShapes) -> Estimate = { _, _ in
      Estimate()
    },
    checkedInputs: [String]? = nil, check: @escaping @Sendable (StubCall) async throws -> Void = { _ in },
    run: @escaping @Sendable (StubCall) async throws -> StageOutputs
  ) -> StageDefinition {
    let descriptor = StageDescriptor(
      name: name, version: version, summary: "A stub.", parameters: parameters, inputs: inputs,
      outputs: outputs, isPure: isPure, isConversion: isConversion)
    return StageDefinition(descriptor) { settings in
      StubStage(
        settings: settings.mapValues(\.json), effort: effort, estimation: estimate,
        checkedInputs: checkedInputs,
        checking: check,
        body: run)
    }
  }
}

extension PortDescriptor {
  /// A port of type `number`.
  public static func number(_ name: String, _ arity: Arity = .one) -> PortDescriptor {
    PortDescriptor(name: name, type: Number.portType, arity: arity, help: "A number.")
  }
}

extension StageOutputs {
  /// A number at the port `number`.
  public static func number(_ value: Double, bytes: Int = 8) -> StageOutputs {
    StageOutputs(["number": Number(value, bytes: bytes)])
  }
}

private struct StubStage: RunnableStage {
  let settings: [String: JSONValue]
  let effort: Effort
  let estimation: @Sendable ([String: JSONValue], StageShapes) -> Estimate
  let checkedInputs: [String]?
  let checking: @Sendable (StubCall) async throws -> Void
  let body: @Sendable (StubCall) async throws -> StageOutputs

  func check(_ inputs: StageInputs, _ context: StageContext) async throws {
    try await checking(StubCall(settings: settings, inputs: inputs, context: context))
  }

  func estimate(_ inputs: StageShapes) throws -> Estimate { estimation(settings, inputs) }

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    try await body(StubCall(settings: settings, inputs: inputs, context: context))
  }
}

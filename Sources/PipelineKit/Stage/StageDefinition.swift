/// Everything that is said about a stage: validation, help, the JSON Schema and completions all read this.
public struct StageDescriptor: Sendable, Hashable {
  /// Where a stage comes from.
  public enum Origin: Sendable, Hashable {
    case builtIn
    /// An external program, declared by this manifest.
    case manifest(String)
    /// A dynamic library.
    case library(String)
    /// A document run as a stage.
    case document(String)
  }

  /// The name documents use.
  public var name: String
  /// Enters every fingerprint.
  public var version: Int
  /// One line of help.
  public var summary: String
  /// More help, in Markdown.
  public var discussion: String
  /// Parameters in the order of declaration.
  public var parameters: [ParameterDescriptor]
  /// Inputs in the order of declaration.
  public var inputs: [PortDescriptor]
  /// Outputs in the order of declaration.
  public var outputs: [PortDescriptor]
  /// Whether equal parameters and inputs always give the same result.
  public var isPure: Bool
  /// Whether it merely turns one type into another.
  public var isConversion: Bool
  /// Whether its result leaves the pipeline.
  public var isSink: Bool
  /// Where it comes from.
  public var origin: Origin
  /// For a plugin, the digest of the files that make its results; enters every fingerprint beside the version.
  public var implementation: ContentDigest?

  /// Everything that is said about a stage.
  public init(
    name: String, version: Int = 1, summary: String, discussion: String = "",
    parameters: [ParameterDescriptor] = [], inputs: [PortDescriptor] = [], outputs: [PortDescriptor],
    isPure: Bool = true, isConversion: Bool = false, isSink: Bool = false, origin: Origin = .builtIn,
    implementation: ContentDigest? = nil
  ) {
    self.name = name
    self.version = version
    self.summary = summary
    self.discussion = discussion
    self.parameters = parameters
    self.inputs = inputs
    self.outputs = outputs
    self.isPure = isPure
    self.isConversion = isConversion
    self.isSink = isSink
    self.origin = origin
    self.implementation = implementation
  }

  /// What a result was made by, for fingerprints: `python.vignette@1+9f86d081884c`.
  var identity: String {
    "\(name)@\(version)" + (implementation.map { "+" + $0.description.prefix(12) } ?? "")
  }

  /// What its parameters are set to when nothing is said; those that must be given are missing.
  var defaults: [String: Setting] {
    parameters.reduce(into: [:]) { $0[$1.name] = $1.defaultValue.map(Setting.value) }
  }

  /// The parameter of that name, or the one that had it before.
  public func parameter(_ name: String) -> ParameterDescriptor? {
    parameters.first { $0.name == name } ?? parameters.first { $0.formerNames.contains(name) }
  }
  /// The input of that name.
  public func input(_ name: String) -> PortDescriptor? { inputs.first { $0.name == name } }
  /// The output of that name.
  public func output(_ name: String) -> PortDescriptor? { outputs.first { $0.name == name } }
}

/// A stage that can be run: parameters are set, and the Swift type, if there is one, is out of sight.
public protocol RunnableStage: Sendable {
  /// What a run takes.
  var effort: Effort { get }
  /// Shapes of the outputs and memory needed.
  func estimate(_ inputs: StageShapes) throws -> Estimate
  /// The names of the inputs that `check` looks at; nil for no check.
  var checkedInputs: [String]? { get }
  /// Throws when these inputs alone show that `run` would fail.
  func check(_ inputs: StageInputs, _ context: StageContext) async throws
  /// Throws what would stop a run whatever its inputs: a permission that is not given, a program that is not there.
  /// Asked before anything runs.
  func checkReady(_ permissions: Permissions) throws
  /// Makes the outputs.
  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs
  /// Hands the outputs over; nil for a stage whose result stays in the pipeline.
  func deliver(_ outputs: StageOutputs, _ context: StageContext) throws -> Delivery?
  /// The most bytes that leave the pipeline here, as far as shapes tell; nil where they do not.
  func mostBytes(_ inputs: StageShapes, provenance: String?) -> Int?
}

extension RunnableStage {
  /// Nothing is known.
  public func estimate(_ inputs: StageShapes) throws -> Estimate { Estimate() }
  /// There is no check.
  public var checkedInputs: [String]? { nil }
  /// Finds nothing wrong.
  public func check(_ inputs: StageInputs, _ context: StageContext) async throws {}
  /// Nothing is in the way.
  public func checkReady(_ permissions: Permissions) throws {}
  /// Nothing leaves the pipeline.
  public func deliver(_ outputs: StageOutputs, _ context: StageContext) throws -> Delivery? { nil }
  /// Nothing leaves the pipeline.
  public func mostBytes(_ inputs: StageShapes, provenance: String?) -> Int? { 0 }
}

/// A descriptor and the way to a stage that can be run. Shared by all uses of the stage in a document.
public final class StageDefinition: Sendable {
  /// What is said about the stage.
  public let descriptor: StageDescriptor
  /// A stage with these settings: complete, each of its parameter's kind, paths bound.
  /// Throws ``ParameterConflict`` when they do not fit together.
  public let make: @Sendable (_ settings: [String: Setting]) throws -> any RunnableStage

  /// A stage that is no Swift type: an external program.
  public init(
    _ descriptor: StageDescriptor,
    make: @escaping @Sendable (_ settings: [String: Setting]) throws -> any RunnableStage
  ) {
    self.descriptor = descriptor
    self.make = make
  }

  /// A stage that is a Swift type.
  public init<S: Stage>(_ type: S.Type, origin: StageDescriptor.Origin = .builtIn) {
    descriptor = StageDescriptor(
      name: S.name, version: S.version, summary: S.summary, discussion: S.discussion,
      parameters: S.Parameters.descriptors, inputs: S.inputs.map(\.descriptor),
      outputs: S.outputs.map(\.descriptor), isPure: S.isPure, isConversion: S.isConversion,
      isSink: S.self is any Sink.Type, origin: origin)
    // Looking for groups takes longer than all else; batches make stages by the million.
    let hasGroups = S.Parameters.hasGroups
    make = { settings in
      let parameters = try S.Parameters(settings: settings)
      if let conflict = hasGroups ? parameters.firstConflict : parameters.conflict() { throw conflict }
      return TypedStage(stage: S(parameters: parameters))
    }
  }
}

private struct TypedStage<S: Stage>: RunnableStage {
  let stage: S
  var effort: Effort { stage.effort }
  func estimate(_ inputs: StageShapes) throws -> Estimate { try stage.estimate(inputs) }
  var checkedInputs: [String]? { S.checkedInputs?.map(\.descriptor.name) }
  func check(_ inputs: StageInputs, _ context: StageContext) async throws {
    try await stage.check(inputs, context)
  }
  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    try await stage.run(inputs, context)
  }
  func deliver(_ outputs: StageOutputs, _ context: StageContext) throws -> Delivery? {
    try (stage as? any Sink)?.deliver(outputs, context)
  }
  func mostBytes(_ inputs: StageShapes, provenance: String?) -> Int? {
    guard let sink = stage as? any Sink else { return 0 }
    return sink.mostBytes(inputs, provenance: provenance)
  }
}

/// One step of a pipeline: parameters and inputs in, outputs out.
///
/// ```swift
/// struct Brighten: Stage {
///   static let name = "image.brighten"
///   static let summary = "Multiplies every channel by a factor."
///   static let image = Input<Picture>("image", help: "The picture.")
///   static let result = Output<Picture>("image", help: "The brighter picture.")
///   static let inputs: [any StagePort] = [image]
///   static let outputs: [any StagePort] = [result]
///
///   struct Parameters: StageParameters {
///     @Parameter(help: "1 changes nothing.", 0...100) var factor = 1.2
///   }
///   var parameters: Parameters
///
///   func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
///     StageOutputs(Self.result, try inputs[Self.image].multiplied(by: parameters.factor))
///   }
/// }
/// ```
///
/// A stage touches nothing global: what it needs comes in as parameters, inputs and context, so that equal
/// fingerprints mean equal results. `run` may block in C; it is never run on the cooperative thread pool.
public protocol Stage: Sendable {
  associatedtype Parameters: StageParameters = NoParameters

  /// The name documents use, `family.verb`.
  static var name: String { get }
  /// Raise it whenever the same parameters and inputs would give another result.
  static var version: Int { get }
  /// One line of help.
  static var summary: String { get }
  /// More help, in Markdown.
  static var discussion: String { get }
  /// The inputs: ``Input``, ``OptionalInput`` or ``ManyInputs``.
  static var inputs: [any StagePort] { get }
  /// The outputs.
  static var outputs: [any StagePort] { get }
  /// Whether equal parameters and inputs always give the same result. If not, nothing of it is ever cached.
  static var isPure: Bool { get }
  /// Whether the stage merely turns one type into another, so that a diagnostic may propose it.
  static var isConversion: Bool { get }

  /// The values this stage was declared with.
  var parameters: Parameters { get }
  /// A stage with these parameters. The memberwise initialiser serves.
  init(parameters: Parameters)

  /// What a run with these parameters takes.
  var effort: Effort { get }
  /// Shapes of the outputs and memory needed, from the inputs' shapes; unknown by default.
  ///
  /// Throws ``ParameterConflict`` where the inputs' shapes alone show that the run would fail: it is then said before
  /// anything runs. Whatever else it throws makes the shapes unknown.
  func estimate(_ inputs: StageShapes) throws -> Estimate
  /// The inputs that `check` looks at, none where the parameters alone decide; nil, the default, for no check.
  static var checkedInputs: [any StagePort]? { get }
  /// Throws when these inputs alone show that `run` would fail. Called as soon as they are there, before anything starts
  /// that takes long and that they do not need.
  func check(_ inputs: StageInputs, _ context: StageContext) async throws
  /// Makes the outputs. Long loops call `context.checkCancellation()`.
  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs
}

extension Stage {
  /// 1.
  public static var version: Int { 1 }
  /// Nothing more than the summary.
  public static var discussion: String { "" }
  /// None.
  public static var inputs: [any StagePort] { [] }
  /// It is.
  public static var isPure: Bool { true }
  /// It is not.
  public static var isConversion: Bool { false }
  /// There is no check.
  public static var checkedInputs: [any StagePort]? { nil }
  /// Finds nothing wrong.
  public func check(_ inputs: StageInputs, _ context: StageContext) async throws {}
  /// Light.
  public var effort: Effort { .light }
  /// Nothing is known.
  public func estimate(_ inputs: StageShapes) throws -> Estimate { Estimate() }
}

extension Stage where Parameters == NoParameters {
  /// None.
  public var parameters: NoParameters { NoParameters() }
}

/// A stage whose result leaves the pipeline. `run` makes the artifact, which is cached like any other;
/// `deliver` puts it where the caller wants it, on every run.
public protocol Sink: Stage {
  /// Hands the outputs over, whole or not at all. Says what was delivered, for the report.
  func deliver(_ outputs: StageOutputs, _ context: StageContext) throws -> Delivery
  /// The most bytes that it writes, as far as its inputs' shapes tell before the run; nil where they do not.
  func mostBytes(_ inputs: StageShapes, provenance: String?) -> Int?
}

extension Sink {
  /// What its inputs take in memory.
  public func mostBytes(_ inputs: StageShapes, provenance: String?) -> Int? {
    inputs.shapes.values.joined().reduce(0) { sum, shape in
      sum.flatMap { sum in shape.map { sum + $0.bytes } }
    }
  }
}

/// A result that has left the pipeline.
public struct Delivery: Sendable, Hashable {
  /// Where it is: a path, or `-`.
  public var place: String
  /// Its size.
  public var bytes: Int
  /// Whether the very same bytes were there already and nothing was written.
  public var wasUnchanged: Bool

  /// A result that has left the pipeline.
  public init(place: String, bytes: Int, wasUnchanged: Bool) {
    self.place = place
    self.bytes = bytes
    self.wasUnchanged = wasUnchanged
  }
}

/// What running a stage takes, and therefore how it is scheduled and whether its result is kept.
public enum Effort: String, Sendable, Hashable {
  /// Cheap, or lazy: runs at once, and is run again rather than stored.
  case light
  /// Keeps all cores busy: such stages take turns, and their results are stored.
  case compute
  /// Mostly waits for something outside this process; its results are stored.
  case waiting
}

/// The shapes of a stage's inputs, as far as they are known.
public struct StageShapes: Sendable {
  let shapes: [String: [ValueShape?]]
  /// Shapes by port.
  public init(_ shapes: [String: [ValueShape?]]) { self.shapes = shapes }
  /// The shape at a port, or nil when it is unlinked or not known before the run.
  public subscript(port: any StagePort) -> ValueShape? { shapes[port.descriptor.name]?.first ?? nil }
  /// All shapes at a port that takes a list.
  public func all(_ port: any StagePort) -> [ValueShape?] { shapes[port.descriptor.name] ?? [] }
}

/// What is known of a stage's run beforehand.
public struct Estimate: Sendable {
  /// Shapes by output port; missing where unknown.
  public var outputs: [String: ValueShape]
  /// Memory beyond inputs and outputs at the peak of the run.
  public var workingBytes: Int
  /// Names of what the run uses that may be in memory already (see ``KeptMemory``); `workingBytes` counts it.
  public var reuses: Set<String> = []
  /// What is no fault, and yet better known before the run.
  public var remarks: [String] = []

  /// What is known of a stage's run beforehand.
  public init(_ outputs: [(any StagePort, ValueShape?)] = [], workingBytes: Int = 0) {
    self.outputs = [:]
    for (port, shape) in outputs { self.outputs[port.descriptor.name] = shape }
    self.workingBytes = workingBytes
  }
}

/// Something that runs graphs.
public protocol Engine: Sendable {
  /// What the engine and the machine under it can do.
  var capabilities: EngineCapabilities { get }

  /// Makes a graph ready to run. Slow (seconds for a large network); happens off the cooperative pool.
  func compile(_ graph: Graph, options: CompileOptions) async throws -> any Executable
}

/// A compiled graph. Runs are serialised: a second caller waits for the first.
public protocol Executable: Sendable {
  /// What `run` takes, by name.
  var inputs: [String: TensorType] { get }
  /// What `run` returns, by name.
  var outputs: [String: TensorType] { get }

  /// Runs the graph once, off the cooperative pool. Cancellation is honoured before the run starts; a run
  /// under way is finished.
  func run(_ inputs: [String: Tensor]) async throws -> [String: Tensor]
}

/// The arithmetic an engine uses inside a graph. Inputs and outputs keep their own types.
public enum Precision: String, Sendable, Hashable, Codable, CaseIterable {
  /// Single precision everywhere: the reference.
  case f32
  /// bfloat16 where the engine finds it safe.
  case bf16
  /// Half precision where the engine finds it safe.
  case f16
}

/// How a graph is compiled.
public struct CompileOptions: Sendable, Hashable {
  /// The arithmetic. Always said, so that a machine's own default never decides.
  public var precision: Precision
  /// Threads of one run; nil for one per core.
  public var threads: Int?
  /// A folder where compiled models are kept for the next process; nil keeps none. A kept model holds the
  /// weights too, so it is as large as they are, and saves only seconds. An engine that has nothing to keep refuses a
  /// folder.
  public var cacheFolder: String?
  /// Whether an engine may compute 3×3 convolutions in Winograd's way in `f32`: two to three times as fast in layers of
  /// many channels, with rounding errors of 1e-5 of the largest value instead of 1e-6.
  public var allowsWinograd: Bool
  /// Whether an engine may compute layers whose weights and inputs are quantised in whole numbers, where the processor does
  /// that rightly; else they are rounded and computed in `precision`.
  public var allowsIntegers: Bool

  /// How a graph is compiled.
  public init(
    precision: Precision, threads: Int? = nil, cacheFolder: String? = nil, allowsWinograd: Bool = true,
    allowsIntegers: Bool = true
  ) {
    self.precision = precision
    self.threads = threads
    self.cacheFolder = cacheFolder
    self.allowsWinograd = allowsWinograd
    self.allowsIntegers = allowsIntegers
  }
}

/// What an engine and the machine under it can do.
public struct EngineCapabilities: Sendable, Hashable {
  /// The engine's name: `OpenVINO`.
  public var engine: String
  /// Its version, as it says it.
  public var version: String
  /// The full name of the processor, or of the GPU: equal devices have equal names.
  public var device: String
  /// The precisions the processor has instructions for; `f32` is always the last. Which is fastest,
  /// `fastestPrecision()` finds out.
  public var precisions: [Precision]
  /// What else is worth knowing of this machine, in sentences.
  public var notes: [String]

  /// What an engine and the machine under it can do.
  public init(
    engine: String, version: String, device: String, precisions: [Precision], notes: [String] = []
  ) {
    self.engine = engine
    self.version = version
    self.device = device
    self.precisions = precisions
    self.notes = notes
  }
}

/// A run that cannot be, in words for whoever prepared its inputs.
public struct InvalidInput: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong with which input.
  public let description: String

  /// A run that cannot be.
  public init(_ description: String) { self.description = description }
}

extension Executable {
  /// Checks the inputs of a run against what the graph takes.
  ///
  /// - Throws: `InvalidInput` naming the input that is missing, unknown or of another type.
  public func check(_ given: [String: Tensor]) throws(InvalidInput) {
    for (name, type) in inputs.sorted(by: { $0.key < $1.key }) {
      guard let tensor = given[name] else {
        throw InvalidInput("input '\(name)' (\(type)) is missing")
      }
      guard tensor.type == type else {
        throw InvalidInput("input '\(name)' is \(tensor.type); the graph takes \(type)")
      }
    }
    for name in given.keys.sorted() where inputs[name] == nil {
      throw InvalidInput("unknown input '\(name)'; the graph takes \(inputs.keys.sorted())")
    }
  }
}

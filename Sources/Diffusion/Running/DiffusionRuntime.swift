public import Tensors

/// What computes a network, and how exactly.
public struct Arithmetic: Sendable, Hashable {
  /// The engine's name, as the runtime's maker knows it.
  public var engine: String
  /// The precision.
  public var precision: Precision

  /// An engine's arithmetic.
  public init(_ precision: Precision, engine: String = Arithmetic.standardEngine) {
    self.precision = precision
    self.engine = engine
  }

  /// The engine that is used unless another is named.
  public static let standardEngine = "openvino"
}

/// What the stages of a run share: the engine, the models that were opened, and the networks that were compiled.
///
/// The engine is made when it is first needed. Of every network the last compiled form is kept, so that a run with
/// several stages of one shape compiles once; those used longest ago go when memory is short.
public actor DiffusionRuntime {
  /// What a compiled network is for.
  struct Purpose: Hashable {
    var component: ModelComponent
    /// Encoder and decoder are two networks of one component.
    var part = ""
  }

  private struct Compiled {
    var key: String
    var executable: any Executable
    var bytes: Int
    var lastUse: Int
  }

  private let makeEngine: @Sendable (String) throws -> any Engine
  private let threads: Int?
  private let memory: Int
  private let compiledFolder: String?
  private var engines: [String: any Engine] = [:]
  private var models: [String: DiffusionModel] = [:]
  private var weights: [String: Checkpoint] = [:]
  private var compiled: [Purpose: Compiled] = [:]
  private var uses = 0

  /// A runtime.
  ///
  /// - Parameters:
  ///   - threads: of one network's run; nil for one per core.
  ///   - memory: bytes that compiled networks may take together; one that alone needs more is compiled alone.
  ///   - compiledFolder: where compiled networks are kept for the next process; nil keeps none. Each takes as much
  ///     room as its weights.
  ///   - makeEngine: the engine of a name; called once for each, when something is to be computed with it.
  public init(
    threads: Int? = nil, memory: Int = .max, compiledFolder: String? = nil,
    makeEngine: @escaping @Sendable (_ name: String) throws -> any Engine
  ) {
    self.threads = threads
    self.memory = memory
    self.compiledFolder = compiledFolder
    self.makeEngine = makeEngine
  }

  /// The model at a path, opened once.
  public func model(at path: String) throws -> DiffusionModel {
    if let model = models[path] { return model }
    let model = try DiffusionModel(path: path)
    models[path] = model
    return model
  }

  /// A component's weights, mapped and checked once.
  public func weights(of component: ModelComponent, of model: DiffusionModel) throws -> Checkpoint {
    let key = "\(component.rawValue) \(model.path)"
    if let known = weights[key] { return known }
    let checked = try model.weights(of: component)
    weights[key] = checked
    return checked
  }

  /// A network ready to run.
  ///
  /// - Parameters:
  ///   - shape: what tells graphs of one network apart: sizes, tokens, contexts.
  ///   - arithmetic: what computes it, and how exactly.
  ///   - graph: the network's graph from its weights; asked for only when it is to be compiled.
  func network(
    _ purpose: Purpose, of model: DiffusionModel, shape: String, arithmetic: Arithmetic,
    graph: @Sendable (Checkpoint) throws -> Graph
  ) async throws -> any Executable {
    let precision = arithmetic.precision
    let key = "\(model.path) \(shape) \(arithmetic.engine) \(precision.rawValue)"
    uses += 1
    if let known = compiled[purpose], known.key == key {
      compiled[purpose]?.lastUse = uses
      return known.executable
    }
    let engine = try engine(arithmetic.engine)
    let weights = try weights(of: purpose.component, of: model)
    let built = try graph(weights)
    let bytes = built.constantElementCount * (precision == .f32 ? 4 : 2) + built.peakValueBytes
    // The old form goes first, so that two are never held at once.
    compiled[purpose] = nil
    makeRoom(for: bytes)
    let form = CompiledForm(network: "\(purpose) \(key)", files: weights.files, engine: engine.capabilities)
    let executable = try await engine.compile(
      built,
      options: CompileOptions(
        precision: precision, threads: threads, cacheFolder: compiledFolder.map { "\($0)/\(form.name)" }))
    compiled[purpose] = Compiled(key: key, executable: executable, bytes: bytes, lastUse: uses)
    return executable
  }

  /// A graph ready to run, which is not kept.
  public func compile(_ graph: Graph, _ arithmetic: Arithmetic) async throws -> any Executable {
    try await engine(arithmetic.engine).compile(
      graph, options: CompileOptions(precision: arithmetic.precision, threads: threads))
  }

  /// The engine of a name, if it finds gradients.
  public func gradientEngine(_ name: String) throws -> (any GradientEngine)? {
    try engine(name) as? any GradientEngine
  }

  /// A runtime with the same engines and nothing opened: for a model whose files have changed since.
  public func anew() -> DiffusionRuntime {
    DiffusionRuntime(threads: threads, memory: memory, compiledFolder: nil, makeEngine: makeEngine)
  }

  private func makeRoom(for bytes: Int) {
    while let oldest = compiled.min(by: { $0.value.lastUse < $1.value.lastUse }),
      compiled.values.reduce(bytes, { $0 + $1.bytes }) > memory
    {
      compiled[oldest.key] = nil
    }
  }

  private func engine(_ name: String) throws -> any Engine {
    if let engine = engines[name] { return engine }
    let made = try makeEngine(name)
    engines[name] = made
    return made
  }
}

public import Tensors

/// What computes a network, and how exactly.
public struct ComputeOptions: Sendable, Hashable, Codable {
  /// The engine's name, as the runtime's maker knows it.
  public var engine: String
  /// The precision.
  public var precision: Precision

  /// An engine and a precision.
  public init(_ precision: Precision, engine: String = ComputeOptions.standardEngine) {
    self.precision = precision
    self.engine = engine
  }

  /// The engine that is used unless another is named.
  public static let standardEngine = "openvino"
}

/// What the stages of a run share: the engine, the models that were opened, and the networks that were compiled.
///
/// The engine is made when it is first needed. Compiled networks are kept, so that stages of one shape compile once,
/// and who asks for a network that is being compiled waits for that one; those used longest ago go when memory is short.
public actor DiffusionRuntime {
  /// A network that is compiled or being compiled.
  private struct Held {
    var executable: Task<any Executable, any Error>
    var isCompiled = false
    var bytes: Int
    var lastUse: Int
  }

  private struct WeightsKey: Hashable {
    var model: String
    var component: ModelComponent
  }

  private let makeEngine: @Sendable (String) throws -> any Engine
  private let threads: Int?
  private let memory: Int
  private let compiledFolder: String?
  private var engines: [String: any Engine] = [:]
  private var models: [String: DiffusionModel] = [:]
  private var weights: [WeightsKey: Checkpoint] = [:]
  private var networks: [NetworkKey: Held] = [:]
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
  package func weights(of component: ModelComponent, of model: DiffusionModel) throws -> Checkpoint {
    let key = WeightsKey(model: model.path, component: component)
    if let known = weights[key] { return known }
    let checked = try model.weights(of: component)
    weights[key] = checked
    return checked
  }

  /// A model's network ready to run.
  package func network(_ form: NetworkForm, of model: DiffusionModel, _ compute: ComputeOptions) async throws
    -> any Executable
  {
    try await network(NetworkKey(form, of: model, compute)) {
      let weights = try weights(of: form.component, of: model)
      return (try form.graph(of: model, weights), try weights.files + form.otherFiles)
    }
  }

  /// A network that stands alone, ready to run.
  ///
  /// - Parameter path: where its weights are, a file or a folder.
  package func network(_ network: some StandaloneNetwork, weights path: String, _ compute: ComputeOptions)
    async throws -> any Executable
  {
    try await self.network(NetworkKey(network, weights: path, compute)) {
      let weights = try network.weights(at: path)
      return (try network.graph(weights), weights.files)
    }
  }

  private func network(_ key: NetworkKey, open: () throws -> (Graph, files: [String])) async throws
    -> any Executable
  {
    uses += 1
    if networks[key] == nil {
      let (graph, files) = try open()
      try compile(graph, files, as: key)
    }
    networks[key]!.lastUse = uses
    return try await networks[key]!.executable.value
  }

  /// Begins to compile a network.
  private func compile(_ graph: Graph, _ files: [String], as key: NetworkKey) throws {
    let engine = try engine(key.compute.engine)
    let bytes = key.bytes(of: graph)
    // The others go first, so that no more is ever held at once.
    shrink(to: memory - min(bytes, memory))
    let form = CompiledForm(network: key, files: files, engine: engine.capabilities)
    let options = CompileOptions(
      precision: key.compute.precision, threads: threads,
      cacheFolder: compiledFolder.map { "\($0)/\(form.name)" })
    let compiling = Task {
      do {
        let executable = try await engine.compile(graph, options: options)
        networks[key]?.isCompiled = true
        return executable
      } catch {
        // What failed may have failed in passing.
        networks[key] = nil
        throw error
      }
    }
    networks[key] = Held(executable: compiling, bytes: bytes, lastUse: uses)
  }

  /// Lets go of compiled networks, those used longest ago first, until the others take no more than so many bytes.
  ///
  /// - Parameter wanted: names of networks that stay, and do not count.
  package func shrink(to bytes: Int, keeping wanted: Set<String> = []) {
    var idle = networks.filter { !wanted.contains($0.key.name) }
    var total = idle.values.reduce(0) { $0 + $1.bytes }
    while total > bytes,
      let oldest = idle.filter(\.value.isCompiled).min(by: { $0.value.lastUse < $1.value.lastUse })
    {
      total -= oldest.value.bytes
      idle[oldest.key] = nil
      networks[oldest.key] = nil
    }
  }

  /// A graph ready to run, which is not kept.
  public func compile(_ graph: Graph, _ compute: ComputeOptions) async throws -> any Executable {
    try await engine(compute.engine).compile(
      graph, options: CompileOptions(precision: compute.precision, threads: threads))
  }

  /// The engine of a name, if it finds gradients.
  public func gradientEngine(_ name: String) throws -> (any GradientEngine)? {
    try engine(name) as? any GradientEngine
  }

  /// A runtime with the same engines and nothing opened: for a model whose files have changed since.
  public func anew() -> DiffusionRuntime {
    DiffusionRuntime(threads: threads, memory: memory, compiledFolder: nil, makeEngine: makeEngine)
  }

  private func engine(_ name: String) throws -> any Engine {
    if let engine = engines[name] { return engine }
    let made = try makeEngine(name)
    engines[name] = made
    return made
  }
}

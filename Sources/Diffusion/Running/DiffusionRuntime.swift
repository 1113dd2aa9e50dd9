public import Tensors

/// What the stages of a run share: the engine, the models that were opened, and the networks that were compiled.
///
/// The engine is made when it is first needed. Of every network the last compiled form is kept, so that a run with
/// several stages of one shape compiles once, and memory holds one of each.
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
  }

  private let makeEngine: @Sendable () throws -> any Engine
  private let threads: Int?
  private var engine: (any Engine)?
  private var models: [String: DiffusionModel] = [:]
  private var weights: [String: Checkpoint] = [:]
  private var compiled: [Purpose: Compiled] = [:]

  /// A runtime.
  ///
  /// - Parameters:
  ///   - threads: of one network's run; nil for one per core.
  ///   - makeEngine: called once, when something is to be computed.
  public init(threads: Int? = nil, makeEngine: @escaping @Sendable () throws -> any Engine) {
    self.threads = threads
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
  ///   - graph: the network's graph from its weights; asked for only when it is to be compiled.
  func network(
    _ purpose: Purpose, of model: DiffusionModel, shape: String, precision: Precision,
    graph: @Sendable (Checkpoint) throws -> Graph
  ) async throws -> any Executable {
    let key = "\(model.path) \(shape) \(precision.rawValue)"
    if let known = compiled[purpose], known.key == key { return known.executable }
    let engine = try runningEngine()
    let built = try graph(weights(of: purpose.component, of: model))
    // The old one goes first, so that two are never held at once.
    compiled[purpose] = nil
    let executable = try await engine.compile(
      built, options: CompileOptions(precision: precision, threads: threads))
    compiled[purpose] = Compiled(key: key, executable: executable)
    return executable
  }

  private func runningEngine() throws -> any Engine {
    if let engine { return engine }
    let made = try makeEngine()
    engine = made
    return made
  }
}

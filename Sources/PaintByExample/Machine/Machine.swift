public import Diffusion
public import Foundation
import Foundations
import Imaging
public import PipelineKit
import Stages
import Synchronization
import Training

/// What documents run on: the stages there are, where models lie, what computes, what is kept.
///
/// A machine is made once and shared by all pipelines: what networks one run has compiled, the next one uses.
public struct Machine: Sendable {
  /// The stages that documents may name. More are added with `registry.register([Vignette.self])`.
  public var registry: Registry
  /// Where models are looked for.
  public var models: ModelSearch
  /// Where results are kept and taken from; nil keeps nothing.
  public var store: Store?
  /// How much memory stages may take together, in bytes.
  public var memoryBudget: Int
  /// What the stages of a run are offered: engines, opened models, compiled networks.
  public var services: Services

  /// Of the large files that all its plans name.
  private let digests: DigestMemory

  /// A machine without a store.
  ///
  /// - Parameters:
  ///   - registry: the stages that documents may name; by default the standard ones.
  ///   - models: where models are looked for; by default in the usual places.
  ///   - memoryBudget: what stages, and networks that wait to be used again, may take together; by default most of
  ///     what the machine has.
  ///   - compiledFolder: where compiled networks are kept; nil keeps none on disk.
  ///   - environment: the environment variables that count.
  public init(
    registry: Registry? = nil, models: ModelSearch? = nil, memoryBudget: Int = MemoryBudget.standard,
    compiledFolder: URL? = nil,
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws {
    self.registry = try registry ?? StandardStages.registry(environment: environment)
    self.models = models ?? .onThisMachine(environment: environment)
    self.memoryBudget = memoryBudget
    digests = DigestMemory(StoreLocation.standard(environment: environment).appending(path: "digests.json"))
    let processors = ProcessorCount(environment: environment)
    // Where nothing limits it an engine knows best which cores are worth using.
    let runtime = DiffusionRuntime(
      threads: processors.limit == nil ? nil : processors.count, memory: memoryBudget,
      compiledFolder: compiledFolder?.path(percentEncoded: false)
    ) { try EngineFinder.engine($0) }
    services = Services()
    services.set(runtime)
    services.set(CompiledNetworks(runtime) as any KeptMemory)
    services.set(TrainingProcesses())
    if Self.isServing.withLock({ $0 }) { services.set(HelperProgram.thisProgram(environment: environment)) }
  }

  /// Names and versions of what computes; they enter fingerprints and provenance.
  public static var versions: [String: String] {
    [Release.name: Release.version, "libvips": Vips.version]
  }

  private static let isServing = Mutex(false)

  /// Lets this program be started again as a process that does what may crash: stages that run an operation of libvips
  /// by its name, plugins, commands. Without it such stages fail, and say so.
  ///
  /// To be called before anything else in `main`. In a process that was started so it does not return.
  public static func serveHelpers() {
    HelperProgram.serve(StandardStages.helperTasks)
    isServing.withLock { $0 = true }
  }

  /// What finds the models, engines and shards that documents name.
  public var finders: [String: any ResourceFinder] {
    [
      StandardResource.model: ModelFinder(models, digests: digests, kind: .model),
      StandardResource.untrainedModel: ModelFinder(models, digests: digests, kind: .untrainedModel),
      StandardResource.weights: ModelFinder(models, digests: digests, kind: .weights),
      StandardResource.shards: ShardFinder(digests: digests),
      StandardResource.engine: EngineFinder(),
      StandardResource.precision: PrecisionFinder(),
    ]
  }

  /// The plan of a document. The engine is measured first if a document that needs it is the first here.
  ///
  /// - Throws: `InvalidDocument`, `MissingDependency` or `MissingDependencies`.
  public func plan(_ document: PipelineDocument, _ request: PlanRequest) async throws -> Plan {
    var request = request
    request.environment = Self.versions
    request.finders = finders
    let planner = Planner(registry: registry)
    // Planning reads all files that the document names: nothing for the threads that tasks share.
    return try await withTaskExecutorPreference(BlockingExecutor()) { [request] in
      do {
        return try planner.plan(document, request)
      } catch is EngineNotMeasured {
        try await EngineRecord.measured()
        return try planner.plan(document, request)
      }
    }
  }

  /// How plans are run here.
  public var runOptions: Scheduler.Options {
    var options = Scheduler.Options()
    options.store = store
    options.memoryBudget = memoryBudget
    options.services = services
    return options
  }
}

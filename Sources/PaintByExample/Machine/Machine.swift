public import Diffusion
public import Foundation
import Foundations
import Imaging
public import PipelineKit
import Stages
import Training

/// What this machine offers to plans and runs: where models are, and what computes networks.
public enum Machine {
  /// Names and versions of what computes; they enter fingerprints and provenance.
  public static var versions: [String: String] {
    [Release.name: Release.version, "libvips": Vips.version]
  }

  /// Finds what documents name.
  public static func finders(models: ModelSearch) -> [String: any ResourceFinder] {
    let digests = StoreLocation.standard().appending(path: "digests.json")
    return [
      StandardResource.model: ModelFinder(models, memory: digests),
      StandardResource.untrainedModel: ModelFinder(models, memory: digests, isUntrained: true),
      StandardResource.shards: ShardFinder(memory: digests),
      StandardResource.engine: EngineFinder(),
      StandardResource.precision: PrecisionFinder(),
    ]
  }

  /// What stages compute with.
  ///
  /// - Parameter memory: what compiled networks may take together; those that wait to be used again give way to stages.
  public static func services(memory: Int = MemoryBudget.standard, compiledFolder: URL? = nil) -> Services {
    var services = Services()
    let runtime = DiffusionRuntime(
      memory: memory, compiledFolder: compiledFolder?.path(percentEncoded: false)
    ) { try EngineFinder.engine($0) }
    services.set(runtime)
    services.set(CompiledNetworks(runtime) as any KeptMemory)
    services.set(TrainingProcesses())
    services.set(HelperProgram.thisProgram(environment: ProcessInfo.processInfo.environment))
    return services
  }

  /// The plan. The engine is measured first if a document that needs it is the first here.
  public static func plan(_ planner: Planner, _ document: PipelineDocument, _ request: PlanRequest)
    async throws
    -> Plan
  {
    // Planning reads all files that the document names: nothing for the threads that tasks share.
    try await withTaskExecutorPreference(BlockingExecutor()) {
      do {
        return try planner.plan(document, request)
      } catch is EngineNotMeasured {
        try await EngineRecord.measured()
        return try planner.plan(document, request)
      }
    }
  }
}

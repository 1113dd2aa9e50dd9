import Diffusion
import Foundation
import PipelineKit
import Stages
import Training

/// What this program offers to plans and runs: where models are, and what computes networks.
enum Machine {
  /// Finds what documents name.
  static func finders(models: ModelSearch) -> [String: any ResourceFinder] {
    let digests = StoreLocation.standard().appending(path: "digests.json")
    return [
      StandardResource.model: ModelFinder(models, memory: digests),
      StandardResource.untrainedModel: ModelFinder(models, memory: digests, isUntrained: true),
      StandardResource.shards: ShardFinder(memory: digests),
      StandardResource.engine: EngineFinder(),
      StandardResource.precision: PrecisionFinder(),
    ]
  }

  /// What stages compute with. Half of the memory is for networks that wait to be used again.
  static func services(memory: Int = MemoryBudget.standard, compiledFolder: URL? = nil) -> Services {
    var services = Services()
    services.set(
      DiffusionRuntime(memory: memory / 2, compiledFolder: compiledFolder?.path(percentEncoded: false)) {
        try EngineFinder.engine($0)
      })
    services.set(TrainingProcesses())
    return services
  }

  /// The plan. The engine is measured first if a document that needs it is the first here.
  static func plan(_ planner: Planner, _ document: PipelineDocument, _ request: PlanRequest) async throws
    -> Plan
  {
    do {
      return try planner.plan(document, request)
    } catch is EngineNotMeasured {
      try await EngineRecord.measured()
      return try planner.plan(document, request)
    }
  }
}

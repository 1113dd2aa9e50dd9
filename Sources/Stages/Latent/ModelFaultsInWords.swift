import Diffusion
import PipelineKit

/// Runs what a stage does with a model, and turns what the model does not allow into failures of the stage.
func inStageWords<Result>(_ model: ModelReference, _ body: () async throws -> Result) async throws -> Result {
  do {
    return try await body()
  } catch let error as InpaintingError {
    throw StageFailure("\(error) (model '\(model.name)')")
  } catch let error as SamplerError {
    throw StageFailure("\(error)")
  }
}

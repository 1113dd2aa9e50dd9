import Diffusion
import PipelineKit

/// Runs what a stage does with a model, and says what the model does not allow in the stage's words.
func saying<Result>(_ model: ModelReference, _ body: () async throws -> Result) async throws -> Result {
  do {
    return try await body()
  } catch let error as InpaintingError {
    throw StageFailure("\(error) (model '\(model.name)')")
  } catch let error as SamplerError {
    throw StageFailure("\(error)")
  }
}

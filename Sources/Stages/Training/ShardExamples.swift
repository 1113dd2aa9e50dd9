import PipelineKit
import Training

/// Training pairs out of shards.
struct ShardExamples: Stage {
  static let name = "shards.examples"
  static let version = 2
  static let summary = "Training pairs out of WebDataset shards, as `pipeline-run pairs` writes them."
  static let discussion = """
    A shard holds KEY.scene.png, KEY.reference.png, KEY.mask.png (white in the hole) and KEY.target.png or .jpg for each
    pair; all pairs have one size. The recipe's choices (augmentation, masks) were made when the shards were written.
    """
  static let examples = Output<TrainingExamples>("examples", help: "The pairs.")
  static let outputs: [any StagePort] = [examples]

  struct Parameters: StageParameters {
    @Parameter(help: "The folder of shards, *.tar.") var folder: ShardsReference
    @Parameter(help: "Fixes what is random about a reference's second view (train.encoder).", 0...0x1p53)
    var seed = 321
  }
  var parameters: Parameters

  func estimate(_ inputs: StageShapes) throws -> Estimate {
    // Their size stands in their pictures.
    let data = try ShardData(parameters.folder.folder, seed: parameters.seed)
    return Estimate([(Self.examples, .trainingData(count: data.count, size: data.size))])
  }

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    do {
      let data = try ShardData(parameters.folder.folder, seed: parameters.seed)
      return StageOutputs(Self.examples, TrainingExamples(data))
    } catch let error as ShardError {
      throw StageFailure("\(error)")
    }
  }
}

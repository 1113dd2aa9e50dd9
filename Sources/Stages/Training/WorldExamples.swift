import PipelineKit
import RenderedWorld
import Training

/// Training pairs out of rendered scenes.
struct WorldExamples: Stage {
  static let name = "world.examples"
  static let version = 2
  static let summary = "Training pairs out of rendered scenes, without end: `pipeline-run world` shows them."
  static let discussion = """
    Scenes have an object on a ground before a wall or the sky. Pairs are made of them by the paper's recipe (Paint by
    Example, section 3.3), whose sizes in pixels are scaled from 512 and 224 to `size` and `reference`. Objects that
    are held out never occur in the split `train`.
    """
  static let examples = Output<TrainingExamples>("examples", help: "The pairs.")
  static let outputs: [any StagePort] = [examples]

  enum Split: String, ParameterChoice {
    case train
    case heldOut = "held-out"
  }

  struct Parameters: StageParameters {
    @Parameter(help: "Width and height of a pair's scene in pixels.", 32...512) var size = 128
    @Parameter(help: "Width and height of the rendered scenes, of which pairs show a part.", 32...1024)
    var scene = 160
    @Parameter(help: "Width and height of references in pixels.", 16...1024) var reference = 64
    @Parameter(help: "Use glyphs of Debian's fonts-noto-color-emoji as objects, too.") var glyphs = true
    @Parameter(help: "Which objects are drawn from.") var split = Split.train
    @Parameter(help: "The share of free-form masks; the others are boxes.", 0...1) var freeForm = 0.5
    @Parameter(help: "Change references at random, as the paper does.") var augment = true
    @Parameter(help: "Fixes every random choice.", 0...0x1p53) var seed = 321

    func conflict() -> ParameterConflict? {
      size <= scene ? nil : ParameterConflict("scene", "\(scene) is less than the size of pairs, \(size)")
    }
  }
  var parameters: Parameters

  func estimate(_ inputs: StageShapes) -> Estimate {
    Estimate([(Self.examples, .trainingData(count: nil, size: parameters.size))])
  }

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    var settings = WorldSettings()
    (settings.size, settings.glyphs, settings.reference) = (parameters.scene, parameters.glyphs, .anotherView)
    var recipe = PairRecipe.scaled(size: parameters.size, referenceSize: parameters.reference)
    recipe.shape.freeForm = parameters.freeForm
    if !parameters.augment {
      recipe.augmentation = .none
      recipe.augmentation.size = parameters.reference
    }
    do {
      let data = WorldData(
        try World(settings), recipe, seed: parameters.seed,
        split: parameters.split == .train ? .train : .heldOut)
      return StageOutputs(Self.examples, TrainingExamples(data))
    } catch let error as WorldError {
      throw MissingDependency("\(error)", remedy: "or set glyphs to false")
    }
  }
}

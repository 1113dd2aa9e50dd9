import Diffusion
import PipelineKit

/// Encodes a prompt into a denoiser's conditioning.
struct EncodeText: Stage {
  static let name = "text.encode"
  static let summary = "Encodes a prompt by a model's text encoder: what a denoiser is told by words."
  static let discussion = """
    For models of Stable Diffusion's kind. The tokens are those of the published CLIPTokenizer of transformers: lower
    case, composed characters, single blanks; HTML entities and mojibake stay as they are. CLIP has room for 75 of
    them, about 60 words; what does not fit is left out, and said, or refused by `truncate` false. With guidance the
    picture moves away from the negative prompt.

    Numbers that weigh words, as (word:1.3), have no meaning here: they are encoded like any other text.
    """
  static let condition = Output<Conditioning>(
    "condition", help: "The prompt's tokens, and those of the negative prompt as their unconditional twin.")
  static let inputs: [any StagePort] = []
  static let outputs: [any StagePort] = [condition]

  struct Parameters: StageParameters {
    @Parameter(help: "What is to be painted.") var prompt: String
    @Parameter(help: "What is not to be painted.") var negative = ""
    @Parameter(
      help: "How many of the encoder's last layers are left out for the prompt (\"clip skip\").", 0...63)
    var clipSkip = 0
    @Parameter(
      help: "Leave out words for which there is no room; false refuses such a prompt before anything runs.")
    var truncate = true
    @ParameterGroup var network = NetworkParameters(model: "stable-diffusion-inpainting")

    func conflict() -> ParameterConflict? {
      var tooLong: ParameterConflict?
      let ofModel = network.model.conflict(weightsOf: [.textEncoder]) { model, faults in
        for fault in TextEncoding.faults(of: model, skipped: clipSkip) { faults.add(fault) }
        guard !truncate, faults.all.isEmpty else { return }
        for (name, text) in [("prompt", prompt), ("negative", negative)] {
          guard let words = faults.attempt({ try TextEncoding.wordsWithoutRoom(in: text, of: model) }) ?? nil
          else { continue }
          tooLong =
            tooLong
            ?? ParameterConflict(
              name, "it is too long for the text encoder, which has no room for: \(words)")
        }
      }
      return ofModel ?? tooLong
    }
  }
  var parameters: Parameters

  var effort: Effort { .compute }

  func estimate(_ inputs: StageShapes) throws -> Estimate {
    let model = try DiffusionModel(path: parameters.network.model.path)
    let shape = try model.textEncoder().configuration
    var estimate = Estimate([(Self.condition, .condition(tokens: shape.tokens, width: shape.width))])
    try estimate.add(
      TextEncoding.forms(skipped: parameters.clipSkip), of: model, parameters.network.compute)
    return estimate
  }

  static let checkedInputs: [any StagePort]? = []

  func check(_ inputs: StageInputs, _ context: StageContext) async throws {
    try await parameters.network.checkWeights(of: .textEncoder, with: context)
  }

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    let runtime = try context.services.get(DiffusionRuntime.self)
    let model = try await runtime.model(at: parameters.network.model.path)
    return try await inStageWords(parameters.network.model) {
      let encoding = try TextEncoding(model, parameters.network.compute, runtime: runtime)
      for (name, text) in [("prompt", parameters.prompt), ("negative prompt", parameters.negative)] {
        guard let words = encoding.wordsWithoutRoom(in: text) else { continue }
        context.log(
          .warning,
          "the \(name) is longer than the \(encoding.length - 2) tokens that the text encoder takes; left out is: \(words)"
        )
      }
      let conditioning = try await encoding.conditioning(
        parameters.prompt, negative: parameters.negative, skipped: parameters.clipSkip)
      return StageOutputs(Self.condition, Conditioning(conditioning))
    }
  }
}

import Diffusion
import PipelineKit
import Tensors

/// Encodes an exemplar into a denoiser's conditioning.
struct EncodeExemplar: Stage {
  static let name = "exemplar.encode"
  static let summary = "Squeezes an exemplar through the content bottleneck: CLIP's class token, mapped."
  static let discussion = """
    Yang et al. 2023, section 3.2. `tokens`: class is the paper's bottleneck, one token; all keeps every patch, the
    paper's naive solution; embedding is CLIP's own picture embedding, for models without a mapper.
    `preprocessing`: diffusers does what the model's preprocessor_config.json says, as a rule brings the short edge to
    the encoder's size and takes the middle, so that the ends of a long exemplar are lost; authors squashes all of it.

    ObjectStitch (Song et al. 2023) as published by Niu et al. is `tokens` all, `preprocessing` objectstitch, which squashes
    bilinearly, and `background` 0 around an object that image.cutout has cut out. Of several pictures of one object the
    tokens are set one after the other, as MureObjectStitch does.
    """
  static let image = ManyInputs<Picture>("image", help: "The exemplar, of any size; or several.")
  static let condition = Output<Conditioning>(
    "condition", help: "Context tokens and their unconditional twin.")
  static let inputs: [any StagePort] = [image]
  static let outputs: [any StagePort] = [condition]

  enum Tokens: String, ParameterChoice { case `class`, all, embedding }

  struct Parameters: StageParameters {
    @ParameterGroup var network: NetworkParameters
    @Parameter(help: "What of the exemplar conditions the denoiser.") var tokens = Tokens.class
    @Parameter(help: "How the exemplar is brought to the encoder's size.") var preprocessing =
      ConventionChoice.diffusers
    @Parameter(help: "Grey that shows through a transparent exemplar.", 0...255) var background = 255

    func conflict() -> ParameterConflict? {
      network.model.conflict(weightsOf: [.imageEncoder]) { model, faults in
        faults.attempt { try model.preprocessing() }
        guard let encoder = faults.attempt({ try model.exemplarEncoder() }) else { return }
        faults.attempt {
          try tokens == .embedding
            ? ExemplarEncoding.checkEmbedding(of: encoder) : ExemplarEncoding.checkMapper(of: encoder)
        }
      }
    }
  }
  var parameters: Parameters

  var effort: Effort { .compute }

  func estimate(_ inputs: StageShapes) throws -> Estimate {
    let model = try DiffusionModel(path: parameters.network.model.path)
    let shape = try model.exemplarEncoder().configuration
    let (form, tokens): (NetworkForm, Int) =
      switch parameters.tokens {
      case .class: (.context(.classToken), 1)
      case .all: (.context(.allTokens), shape.tokens)
      case .embedding: (.embedding, 1)
      }
    let count = inputs.all(Self.image).count
    var estimate = Estimate([
      (Self.condition, .condition(tokens: count * tokens, width: shape.projectionWidth))
    ])
    try estimate.add([form], of: model, parameters.network.compute)
    return estimate
  }

  static let checkedInputs: [any StagePort]? = []

  func check(_ inputs: StageInputs, _ context: StageContext) async throws {
    try await parameters.network.checkWeights(of: .imageEncoder, with: context)
  }

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    let runtime = try context.services.get(DiffusionRuntime.self)
    let model = try await runtime.model(at: parameters.network.model.path)
    return try await inStageWords(parameters.network.model) {
      let encoding = try ExemplarEncoding(
        model, parameters.network.compute, runtime: runtime)
      var conditionings: [DenoiserConditioning] = []
      for picture in try inputs[Self.image] {
        let exemplar = try picture.image.exemplar(
          for: model, size: encoding.imageSize, convention: parameters.preprocessing.value,
          background: parameters.background, context.monitor)
        conditionings.append(try await conditioning(of: exemplar, by: encoding))
      }
      return StageOutputs(Self.condition, Conditioning(.joined(conditionings)))
    }
  }
  private func conditioning(of exemplar: Tensor, by encoding: ExemplarEncoding) async throws
    -> DenoiserConditioning
  {
    switch parameters.tokens {
    case .class: try await encoding.conditioning(exemplar, tokens: .classToken)
    case .all: try await encoding.conditioning(exemplar, tokens: .allTokens)
    case .embedding: try await encoding.embedding(exemplar)
    }
  }
}

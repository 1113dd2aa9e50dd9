import Diffusion
import Imaging
import PipelineKit

/// Brings pictures into a prompt's conditioning by an IP-Adapter.
struct EncodeIPAdapter: Stage {
  static let name = "ip-adapter.encode"
  static let summary = "Adds pictures to a prompt's condition, by an IP-Adapter: text and exemplars together."
  static let discussion = """
    Ye et al., "IP-Adapter: Text Compatible Image Prompt Adapter for Text-to-Image Diffusion Models" (2023), for models of
    Stable Diffusion's kind; the denoiser that takes the condition needs the same adapter, `latent.inpaint`'s `adapter`.
    Base adapters see CLIP's picture embedding, those called Plus all tokens before the last layer of its tower. Several
    pictures set their tokens one after the other. `scale` is how much pictures count beside the words: 1 with a prompt of
    few words or none, about 0.5 for both together; 0 leaves the words alone.
    `preprocessing`: diffusers takes the middle of a picture, authors squashes all of it.
    """
  static let condition = Input<Conditioning>("condition", help: "The prompt's condition, from text.encode.")
  static let images = ManyInputs<Picture>("images", help: "The exemplars, of any size.")
  static let result = Output<Conditioning>("condition", help: "The condition with the pictures' tokens.")
  static let inputs: [any StagePort] = [condition, images]
  static let outputs: [any StagePort] = [result]

  struct Parameters: StageParameters {
    @Parameter(help: "The adapter: its name, or its path.") var adapter = WeightsReference("ip-adapter-sd15")
    @Parameter(help: "How much the pictures count beside the words.", 0...4) var scale = 1.0
    @Parameter(help: "How a picture is brought to the encoder's size.")
    var preprocessing = ConventionChoice.diffusers
    @Parameter(help: "Grey that shows through transparent parts.", 0...255) var background = 255
    @ParameterGroup var encoder = NetworkParameters(model: "clip-vit-h")

    func conflict() -> ParameterConflict? {
      guard let adapter = adapter.foundPath else { return nil }
      let unusable = self.adapter.conflict(key: "adapter") { try IPAdapter(path: $0).projection }
      return unusable
        ?? encoder.model.conflict(weightsOf: [.imageEncoder]) { model, faults in
          faults.attempt { try model.preprocessing() }
          guard let encoder = faults.attempt({ try model.exemplarEncoder() }) else { return }
          faults.attempt { try ImageAdapting.projection(of: encoder, adapter: adapter) }
        }
    }
  }
  var parameters: Parameters

  var effort: Effort { .compute }

  func estimate(_ inputs: StageShapes) throws -> Estimate {
    let model = try DiffusionModel(path: parameters.encoder.model.path)
    let path = try parameters.adapter.path
    let projection = try ImageAdapting.projection(of: model.exemplarEncoder(), adapter: path)
    var estimate = Estimate()
    if let sizes = inputs[Self.condition]?.sizes, let tokens = sizes["tokens"], let width = sizes["width"] {
      let count = inputs.all(Self.images).count
      estimate.outputs[Self.result.descriptor.name] = .condition(
        tokens: tokens, width: width, imageTokens: count * projection.tokens)
    }
    try estimate.add(ImageAdapting.forms(projection), of: model, parameters.encoder.compute)
    try estimate.add(projection, weights: path, parameters.encoder.compute)
    return estimate
  }

  static let checkedInputs: [any StagePort]? = []

  func check(_ inputs: StageInputs, _ context: StageContext) async throws {
    try await parameters.encoder.checkWeights(of: .imageEncoder, with: context)
  }

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    let runtime = try context.services.get(DiffusionRuntime.self)
    let model = try await runtime.model(at: parameters.encoder.model.path)
    return try await inStageWords(parameters.encoder.model) {
      let adapting = try ImageAdapting(
        model, adapter: parameters.adapter.path, parameters.encoder.compute, runtime: runtime)
      let pictures = try inputs[Self.images].map { picture in
        try picture.image.exemplar(
          for: model, size: adapting.imageSize, convention: parameters.preprocessing.value,
          background: parameters.background, context.monitor)
      }
      var value = try inputs[Self.condition].value
      value.images = try await adapting.conditioning(pictures, scale: Float(parameters.scale))
      return StageOutputs(Self.result, Conditioning(value))
    }
  }
}

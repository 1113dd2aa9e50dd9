import Diffusion
import Imaging
import PipelineKit
import Tensors

/// Compares a text with a part of a picture by CLIP.
struct MeasureCLIPTextScore: Stage {
  static let name = "measure.clip-text-score"
  static let summary = "Compares a text with a part of a picture by CLIP: 100 × cosine."
  static let discussion = """
    How well a picture shows what a text says (Hessel et al. 2021): 100 times the cosine of CLIP's embeddings, about 30
    for a fitting text and 15 for another; CLIPScore is 2.5 times the cosine, and 0 below 0. The short edge is brought
    to CLIP's size and the middle is taken, as transformers' CLIPProcessor does. The folder of weights is that of a
    whole CLIP, with config.json, vocab.json and merges.txt. CLIP has room for 75 tokens, about 60 words.
    """
  static let image = Input<Picture>("image", help: "The picture that holds the part.")
  static let mask = OptionalInput<Mask>(
    "mask", help: "The box around it is the part; of the picture's size. All of it without one.")
  static let report = Output<Report>("report", help: "clipTextScore, at most 100.")
  static let inputs: [any StagePort] = [image, mask]
  static let outputs: [any StagePort] = [report]

  struct Parameters: StageParameters {
    @Parameter(help: "What the picture is to show.") var text: String
    @ParameterGroup var network = StandaloneParameters(weights: "clip-vit-b-32")
    @Parameter(help: "Grey that shows through transparent parts.", 0...255) var background = 255

    func conflict() -> ParameterConflict? {
      if let fault = network.weights.conflict(of: { try CLIPPictureEmbedding(weightsAt: $0) }) {
        return fault
      }
      return network.weights.conflict(ofText: text, "text")
    }
  }
  var parameters: Parameters

  var effort: Effort { .compute }

  func estimate(_ inputs: StageShapes) throws -> Estimate {
    var estimate = Estimate()
    let path = try parameters.network.weights.path
    try estimate.add(CLIPPictureEmbedding(weightsAt: path), weights: path, parameters.network.compute)
    try estimate.add(CLIPTextEmbedding(weightsAt: path), weights: path, parameters.network.compute)
    return estimate
  }

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    let path = try parameters.network.weights.path
    let runtime = try context.services.get(DiffusionRuntime.self)
    let (pictures, picture) = try preparedPicture(inputs, weightsAt: path, context.monitor)
    let (texts, words) = try preparedText(parameters.text, weightsAt: path)
    let seen = try await runtime.network(pictures, weights: path, parameters.network.compute)
      .run(["exemplar": picture])["embedding"]!.floats
    let said = try await runtime.network(texts, weights: path, parameters.network.compute)
      .run(words)["embedding"]!.floats
    let score = try finite(EncoderSimilarity.similarity(seen, said))
    return StageOutputs(Self.report, Report(json: ["clipTextScore": .number(score)]))
  }

  // Not inlined: Swift 6.3's optimizer crashes on typed errors in a coroutine.
  @inline(never)
  private func preparedPicture(
    _ inputs: StageInputs, weightsAt path: String, _ monitor: Monitor
  ) throws -> (CLIPPictureEmbedding, Tensor) {
    let part = try inputs[Self.image].image.part(in: inputs[Self.mask]?.image, monitor)
    let network = try CLIPPictureEmbedding(weightsAt: path)
    let size = network.configuration.imageSize
    var preprocessing = ImagePreprocessing()
    (preprocessing.shortEdge, preprocessing.cropSize) = (size, size)
    let picture = try part.exemplar(
      by: preprocessing, size: size, convention: .diffusers, background: parameters.background, monitor)
    return (network, picture)
  }
}

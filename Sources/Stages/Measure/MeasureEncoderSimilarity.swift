import Diffusion
import Imaging
import PipelineKit

/// Compares an exemplar with a part of a picture by a model's image encoder.
struct MeasureEncoderSimilarity: Stage {
  static let name = "measure.encoder-similarity"
  static let summary =
    "Compares an exemplar with a part of a picture by a model's image encoder: 100 × cosine."
  static let discussion = """
    Both are brought to the encoder's size; the cosine of its class tokens is taken. By the encoder of the model that
    painted this says how far the result is what the model was given. With the folder of a
    CLIPVisionModelWithProjection alone (config.json, weights, and preprocessor_config.json where there is one) it is the
    CLIP score (Yang et al. 2023, section 4.1), but for the crop of the result,
    which the authors resize bilinearly and this program bicubically.
    """
  static let image = Input<Picture>("image", help: "The picture that holds the part.")
  static let mask = OptionalInput<Mask>(
    "mask", help: "The box around it is the part; of the picture's size. All of it without one.")
  static let exemplar = Input<Picture>("exemplar", help: "The exemplar, of any size.")
  static let report = Output<Report>("report", help: "similarity, at most 100.")
  static let inputs: [any StagePort] = [image, mask, exemplar]
  static let outputs: [any StagePort] = [report]

  struct Parameters: StageParameters {
    @ParameterGroup var network: NetworkParameters
    @Parameter(
      help: "How both are brought to the encoder's size: authors squashes, diffusers takes the middle.")
    var preprocessing = ConventionChoice.authors
    @Parameter(help: "Grey that shows through transparent parts.", 0...255) var background = 255

    func conflict() -> ParameterConflict? {
      network.model.conflict(weightsOf: [.imageEncoder]) { model, faults in
        faults.attempt { try model.preprocessing() }
        faults.attempt { try model.exemplarEncoder() }
      }
    }
  }
  var parameters: Parameters

  var effort: Effort { .compute }

  func estimate(_ inputs: StageShapes) throws -> Estimate {
    let model = try DiffusionModel(path: parameters.network.model.path)
    var estimate = Estimate()
    try estimate.add(
      [EncoderSimilarity.form(of: model.exemplarEncoder())], of: model,
      parameters.network.compute)
    return estimate
  }

  static let checkedInputs: [any StagePort]? = []

  func check(_ inputs: StageInputs, _ context: StageContext) async throws {
    try await parameters.network.checkWeights(of: .imageEncoder, with: context)
  }

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    let runtime = try context.services.get(DiffusionRuntime.self)
    let model = try await runtime.model(at: parameters.network.model.path)
    let encoder = try EncoderSimilarity(
      model, parameters.network.compute, runtime: runtime)
    var features: [[Float]] = []
    for image in [
      try inputs[Self.image].image.part(in: inputs[Self.mask]?.image, context.monitor),
      try inputs[Self.exemplar].image,
    ] {
      let picture = try image.exemplar(
        for: model, size: encoder.imageSize, convention: parameters.preprocessing.value,
        background: parameters.background, context.monitor)
      features.append(try await encoder.features(picture))
    }
    let similarity = try finite(EncoderSimilarity.similarity(features[0], features[1]), from: "the encoder")
    return StageOutputs(Self.report, Report(json: ["similarity": .number(similarity)]))
  }
}

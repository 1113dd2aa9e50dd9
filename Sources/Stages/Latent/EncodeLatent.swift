import Diffusion
import Imaging
import PipelineKit
import Tensors

/// Encodes a picture into latents.
struct EncodeLatent: Stage {
  static let name = "latent.encode"
  static let version = 2
  static let summary = "Encodes a picture into a model's latents: the mean of what the autoencoder says."
  static let image = Input<Picture>("image", help: "The picture, of any size.")
  static let latent = Output<Latent>("latent", help: "Its latents, times the autoencoder's scaling factor.")
  static let inputs: [any StagePort] = [image]
  static let outputs: [any StagePort] = [latent]

  struct Parameters: StageParameters {
    @ParameterGroup var network: NetworkParameters
    @Parameter(help: "Draw a sample with this seed instead of taking the mean.") var seed: Int? = nil

    func conflict() -> ParameterConflict? {
      network.model.conflict(weightsOf: [.autoencoder]) { model, faults in
        faults.attempt { try model.autoencoder() }
      }
    }
  }
  var parameters: Parameters

  var effort: Effort { .compute }

  func estimate(_ inputs: StageShapes) throws -> Estimate {
    let model = try DiffusionModel(path: parameters.network.model.path)
    let autoencoder = try model.autoencoder()
    guard let width = inputs[Self.image]?.sizes["width"], let height = inputs[Self.image]?.sizes["height"]
    else {
      return Estimate()
    }
    let scale = autoencoder.configuration.scale
    let (columns, rows) = ((width + scale - 1) / scale, (height + scale - 1) / scale)
    let shape = ValueShape.latent(
      samples: 1, channels: autoencoder.configuration.latentChannels, height: rows, width: columns,
      pictureWidth: width, pictureHeight: height)
    var estimate = Estimate([(Self.latent, shape)])
    try estimate.add(
      [.encoder(batch: 1, height: scale * rows, width: scale * columns)], of: model,
      parameters.network.compute)
    return estimate
  }

  static let checkedInputs: [any StagePort]? = []

  func check(_ inputs: StageInputs, _ context: StageContext) async throws {
    try await parameters.network.checkWeights(of: .autoencoder, with: context)
  }

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    let runtime = try context.services.get(DiffusionRuntime.self)
    let image = try inputs[Self.image].image
    let model = try await runtime.model(at: parameters.network.model.path)
    return try await inStageWords(parameters.network.model) {
      let coding = try LatentCoding(
        model, parameters.network.compute, runtime: runtime)
      let picture = try image.planes(context.monitor).padded(toMultipleOf: coding.scale)
      let (rows, columns) = (picture.height / coding.scale, picture.width / coding.scale)
      let noise = parameters.seed.map { seed in
        var generator = TorchGenerator(seed: seed)
        return generator.normal(count: coding.channels * rows * columns)
      }
      let values = Tensor(
        try await coding.encode(picture, noise: noise), shape: [1, coding.channels, rows, columns])
      return StageOutputs(Self.latent, Latent(values, pictureWidth: image.width, pictureHeight: image.height))
    }
  }
}

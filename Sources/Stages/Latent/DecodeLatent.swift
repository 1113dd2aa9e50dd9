import Diffusion
import Imaging
import PipelineKit
import Tensors

/// Decodes latents into a picture.
struct DecodeLatent: Stage {
  static let name = "latent.decode"
  static let summary = "Decodes latents into a picture."
  static let discussion = """
    Large pictures are decoded in overlapping tiles that are blended linearly, which bounds the memory; tiles differ
    from the whole a little, since a tile does not see what lies outside it.

    `decoder` names a tiny decoder for drafts: for Stable Diffusion's latents, and so Paint-by-Example's, `taesd` (`models
    pull taesd`), which needs an eighteenth of the arithmetic and loses detail.
    """
  static let latent = Input<Latent>("latent", help: "Latents of the same model.")
  static let image = Output<Picture>("image", help: "The picture, sRGB.")
  static let inputs: [any StagePort] = [latent]
  static let outputs: [any StagePort] = [image]

  struct Parameters: StageParameters {
    @ParameterGroup var network: NetworkParameters
    @Parameter(
      help:
        "A tiny decoder in TAESD's layout, by its name or path, in the place of the model's own: faster, with less detail."
    )
    var decoder: WeightsReference? = nil
    @Parameter(help: "Which sample, counted from 1.", 1...64) var sample = 1
    @Parameter(
      help: "Pictures larger than this on a side are decoded in tiles, in pixels; null never.", 128...65536)
    var tile: Int? = 1024
    @Parameter(help: "What neighbouring tiles share, in pixels.", 8...512) var overlap = 128
    @Parameter(help: "Bits of the picture.") var depth = DepthChoice.eight
    @Parameter(
      help:
        "Which level values between two become: the nearest, as diffusers does it, or the one down, as programs of Paint by Example's authors do."
    )
    var rounding = RoundingChoice.nearest

    func conflict() -> ParameterConflict? {
      if let tile, overlap * 2 > tile {
        return ParameterConflict("overlap", "\(overlap) is more than half a tile of \(tile)")
      }
      let unusable = network.model.conflict(weightsOf: decoder == nil ? [.autoencoder] : []) {
        model, faults in
        faults.attempt { try model.autoencoder() }
      }
      return unusable ?? decoder?.conflict(key: "decoder", for: network.model)
    }
  }
  enum DepthChoice: String, ParameterChoice {
    case eight = "8"
    case sixteen = "16"
  }
  enum RoundingChoice: String, ParameterChoice {
    case nearest, down

    fileprivate var value: LevelRounding { self == .nearest ? .nearest : .down }
  }
  var parameters: Parameters

  var effort: Effort { .compute }

  func estimate(_ inputs: StageShapes) throws -> Estimate {
    let model = try DiffusionModel(path: parameters.network.model.path)
    guard let sizes = inputs[Self.latent]?.sizes, let rows = sizes["height"], let columns = sizes["width"],
      let width = sizes["pictureWidth"], let height = sizes["pictureHeight"]
    else { return Estimate() }
    let scale = try model.autoencoder().configuration.scale
    let tile = parameters.tile.map { $0 / scale } ?? .max
    let bits = parameters.depth == .eight ? 8 : 16
    var estimate = Estimate(
      [
        (
          Self.image,
          .picture(
            width: width, height: height, bands: 3, bits: bits, space: bits == 8 ? "srgb" : "rgb16",
            alpha: false, format: bits == 8 ? .uint8 : .uint16)
        )
      ],
      workingBytes: 40 * width * height)
    let (tileHeight, tileWidth) = (min(rows, tile), min(columns, tile))
    if let path = try parameters.decoder?.path {
      try estimate.add(
        LatentCoding.tinyDecoder(at: path, for: model.autoencoder().configuration)
          .of(height: tileHeight, width: tileWidth), weights: path, parameters.network.compute)
    } else {
      try estimate.add(
        [.decoder(height: tileHeight, width: tileWidth)], of: model, parameters.network.compute)
    }
    return estimate
  }

  static let checkedInputs: [any StagePort]? = []

  func check(_ inputs: StageInputs, _ context: StageContext) async throws {
    guard parameters.decoder == nil else { return }
    try await parameters.network.checkWeights(of: .autoencoder, with: context)
  }

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    let runtime = try context.services.get(DiffusionRuntime.self)
    let latent = try inputs[Self.latent]
    guard parameters.sample <= latent.samples else {
      throw StageFailure("there is no sample \(parameters.sample): the latents hold \(latent.samples)")
    }
    let model = try await runtime.model(at: parameters.network.model.path)
    return try await inStageWords(parameters.network.model) {
      let coding = try LatentCoding(
        model, parameters.network.compute, runtime: runtime, decoder: parameters.decoder?.path)
      guard latent.values.shape[1] == coding.channels else {
        throw StageFailure(
          "the latents have \(latent.values.shape[1]) channels, the model's autoencoder \(coding.channels)",
          advice: "decode with the model that made them")
      }
      let planes = try await coding.decode(
        latent.sample(parameters.sample - 1), height: latent.values.shape[2], width: latent.values.shape[3],
        tile: parameters.tile.map { $0 / coding.scale }, overlap: parameters.overlap / coding.scale
      ) { context.monitor.report($0, of: $1, unit: "tile") }
      guard planes.values.allSatisfy(\.isFinite) else {
        throw StageFailure(
          "the decoded picture holds values that are no finite numbers", advice: "set precision to f32")
      }
      let picture = planes.cropped(width: latent.pictureWidth, height: latent.pictureHeight)
      return StageOutputs(
        Self.image,
        Picture(
          try picture.image(
            isDeep: parameters.depth == .sixteen, rounding: parameters.rounding.value)))
    }
  }
}

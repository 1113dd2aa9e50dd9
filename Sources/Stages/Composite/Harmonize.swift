import Diffusion
import Imaging
import PipelineKit
import Tensors

/// Brings an object that was pasted into a scene into the scene's light, by a network.
struct Harmonize: Stage {
  static let name = "image.harmonize"
  static let summary = "Brings a pasted object's colours into the scene's light, by the network PCT-Net."
  static let discussion = """
    Guerreiro et al., "PCT-Net: Full Resolution Image Harmonization Using Pixel-Wise Color Transformations" (2023), with
    the transformer backbone, published as PCTNet_ViT.pth. The network sees the picture and the mask at 256 by 256 and
    says for every place how colours move; that is enlarged bicubically and done to the picture at its own size, in its
    own depth. Outside the mask not a bit changes. What the mask covers should look like a photograph: the network
    moves colours, it does not paint.
    """
  static let image = Input<Picture>("image", help: "The scene with the object in it.")
  static let mask = Input<Mask>("mask", help: "The object, of the same size.")
  static let result = Output<Picture>("image", help: "The picture with the object in the scene's light.")
  static let inputs: [any StagePort] = [image, mask]
  static let outputs: [any StagePort] = [result]

  struct Parameters: StageParameters {
    @ParameterGroup var network = StandaloneParameters(weights: "pct-net")

    func conflict() -> ParameterConflict? { network.weights.conflict { try PCTNet(weightsAt: $0) } }
  }
  var parameters: Parameters

  var effort: Effort { .compute }

  func estimate(_ inputs: StageShapes) throws -> Estimate {
    var estimate = Estimate([(Self.result, inputs[Self.image])])
    let path = try parameters.network.weights.path
    try estimate.add(PCTNet(weightsAt: path), weights: path, parameters.network.compute)
    return estimate
  }

  static let checkedInputs: [any StagePort]? = [mask]

  func check(_ inputs: StageInputs, _ context: StageContext) async throws {
    let mask = try inputs[Self.mask].image
    guard try evaluate(context.monitor, { try mask.boundsOfNonzero(monitor: $0) }) != nil else {
      throw emptyMask
    }
  }

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    let image = try inputs[Self.image].image
    let mask = try inputs[Self.mask].image
    try checkSameSize(mask, "mask", image, "image")
    guard let box = try evaluate(context.monitor, { try mask.boundsOfNonzero(monitor: $0) }) else {
      throw emptyMask
    }
    let path = try parameters.network.weights.path
    let network = try PCTNet(weightsAt: path)
    let executable = try await context.services.get(DiffusionRuntime.self).network(
      network, weights: path, parameters.network.compute)
    let seen = try composite(image, mask, size: network.size, context.monitor)
    guard let maps = try await executable.run(["composite": seen])["maps"]?.floats,
      maps.allSatisfy(\.isFinite)
    else {
      throw StageFailure(
        "the network gives values that are no finite numbers", advice: "set precision to f32")
    }
    let moved = try image.recoloured(by: Self.picture(of: maps, size: network.size))
    // Only where the object is does anything have to be computed.
    let part = try moved.withoutAlpha().cropped(x: box.x, y: box.y, width: box.width, height: box.height)
    let object = try image.withoutAlpha().inserting(part, x: box.x, y: box.y)
    return StageOutputs(Self.result, Picture(try image.painted(with: object, through: mask)))
  }

  /// Red, green, blue and mask, 0…1, `[1, 4, size, size]`: sampled bilinearly, as the network was trained on.
  private func composite(_ image: Image, _ mask: Image, size: Int, _ monitor: Monitor) throws -> Tensor {
    try evaluate(monitor) { monitor in
      let colours = try image.visibleColours(monitor: monitor).inThreeBands()
      let seen = try colours.interpolated(width: size, height: size, .bilinear)
        .cast(to: .float).linear(1 / colours.format.fullScale, 0)
      let object = try mask.cast(to: .float).linear(1 / 255, 0)
        .interpolated(width: size, height: size, .bilinear)
      let planes = try (seen.separated() + [object]).flatMap { plane in
        try plane.pixels(as: Float.self, monitor: monitor)
      }
      return Tensor(planes, shape: [1, 4, size, size])
    }
  }

  /// Twelve planes as a picture of twelve bands.
  private static func picture(of maps: [Float], size: Int) throws -> Image {
    let count = size * size
    let pixels = (0..<count).flatMap { place in
      (0..<PCTNet.mapLength).map { maps[$0 * count + place] }
    }
    return try Image(
      pixels: pixels, width: size, height: size, bands: PCTNet.mapLength, interpretation: .multiband)
  }
}

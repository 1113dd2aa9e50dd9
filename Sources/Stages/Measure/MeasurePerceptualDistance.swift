import Diffusion
import Imaging
import PipelineKit
import Tensors

/// Measures how far two pictures are from each other to the eye.
struct MeasurePerceptualDistance: Stage {
  static let name = "measure.perceptual-distance"
  static let summary = "Measures how far two pictures are from each other to the eye: LPIPS."
  static let discussion = """
    LPIPS (Zhang et al. 2018), version 0.1: 0 for equal pictures, about 0.7 for pictures that have nothing in common.
    The weights say by which classifier: AlexNet (lpips-alex), which the authors advise for measuring, or VGG-16
    (lpips-vgg), by which the composition benchmarks of bcmi report LPIPS_bg: that is `part` outside, in which both
    pictures are made black where the mask is one half or more. Figures by two classifiers cannot be compared.
    Transparent parts take on the colours of what is visible around them.
    """
  static let before = Input<Picture>("before", help: "A picture.")
  static let after = Input<Picture>("after", help: "Another one, of the same size.")
  static let mask = OptionalInput<Mask>(
    "mask", help: "The hole, of the same size; what of the pictures is compared says `part`. All without one."
  )
  static let report = Output<Report>("report", help: "lpips, 0 or more, and trunk: alex or vgg.")
  static let inputs: [any StagePort] = [before, after, mask]
  static let outputs: [any StagePort] = [report]

  struct Parameters: StageParameters {
    @ParameterGroup var network = StandaloneParameters(weights: "lpips-alex")
    @Parameter(help: "What is compared: the box around the mask, or what is outside the mask.")
    var part = Part.box

    func conflict() -> ParameterConflict? { network.weights.conflict { try LPIPS(weightsAt: $0) } }
  }
  var parameters: Parameters

  enum Part: String, ParameterChoice {
    case box, outside
  }

  var effort: Effort { .compute }

  func estimate(_ inputs: StageShapes) throws -> Estimate {
    var estimate = Estimate()
    guard let sizes = inputs[Self.before]?.sizes, let width = sizes["width"], let height = sizes["height"]
    else {
      return estimate
    }
    let path = try parameters.network.weights.path
    var network = try LPIPS(weightsAt: path)
    (network.height, network.width) = (max(height, network.smallestSide), max(width, network.smallestSide))
    try estimate.add(network, weights: path, parameters.network.compute)
    return estimate
  }

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    let (before, after) = (try inputs[Self.before].image, try inputs[Self.after].image)
    try checkSameSize(after, "after", before, "before")
    let mask = try inputs[Self.mask]?.image
    if let mask { try checkSameSize(mask, "mask", before, "before") }
    var pictures: [Tensor] = []
    for image in [before, after] { pictures.append(try compared(image, mask, context.monitor)) }
    let path = try parameters.network.weights.path
    var network = try LPIPS(weightsAt: path)
    (network.height, network.width) = (pictures[0].shape[2], pictures[0].shape[3])
    guard min(network.height, network.width) >= network.smallestSide else {
      throw StageFailure(
        "\(network.width)×\(network.height) pixels are too few for LPIPS by these weights",
        advice: "give it \(network.smallestSide) or more each way")
    }
    let executable = try await context.services.get(DiffusionRuntime.self).network(
      network, weights: path, parameters.network.compute)
    let result = try await executable.run(["first": pictures[0], "second": pictures[1]])
    let distance = try finite(Double(result["distance"]!.floats[0]))
    return StageOutputs(
      Self.report,
      Report(json: ["lpips": .number(distance), "trunk": .string(network.trunk.rawValue)]))
  }

  /// What of a picture is compared, `[1, 3, height, width]`, −1…1.
  private func compared(_ image: Image, _ mask: Image?, _ monitor: Monitor) throws -> Tensor {
    guard let mask, parameters.part == .outside else {
      return try image.part(in: mask, monitor).planes(monitor).tensor
    }
    let planes = try image.planes(monitor)
    let stays = try evaluate(monitor) {
      try mask.compared(.less, to: 127).pixels(as: UInt8.self, monitor: $0)
    }
    let values = planes.values.enumerated().map { stays[$0 % stays.count] == 0 ? -1 : $1 }
    return Tensor(values, shape: planes.tensor.shape)
  }
}

import Diffusion
import Imaging
import PipelineKit
import Tensors

/// Compares an exemplar with a part of a picture by DreamSim.
struct MeasureDreamSim: Stage {
  static let name = "measure.dreamsim"
  static let summary = "Compares an exemplar with a part of a picture by DreamSim: 0 for what looks the same."
  static let discussion = """
    DreamSim (Fu et al. 2023): a distance that was fitted to which of two pictures people find more like a third; it
    weighs layout, pose and what is shown more than LPIPS does, and colour more than CLIP. The single branch, DINO's
    ViT-B/16 with an adapter of low rank, agrees with people nearly as often as the ensemble of three. Both pictures are
    squashed to 224 by 224, bicubically. The weights are a folder: the trunk, which `models pull dreamsim` fetches, and
    in it the folder dino_vitb16_single_lora of the authors' archive,
    https://github.com/ssundaram21/dreamsim/releases/download/v0.2.0-checkpoints/dreamsim_dino_vitb16_checkpoint.zip.
    """
  static let image = Input<Picture>("image", help: "The picture that holds the part.")
  static let mask = OptionalInput<Mask>(
    "mask", help: "The box around it is the part; of the picture's size. All of it without one.")
  static let exemplar = Input<Picture>("exemplar", help: "The exemplar, of any size.")
  static let report = Output<Report>("report", help: "distance, 0 to 2.")
  static let inputs: [any StagePort] = [image, mask, exemplar]
  static let outputs: [any StagePort] = [report]

  struct Parameters: StageParameters {
    @ParameterGroup var network = StandaloneParameters(weights: "dreamsim")
    @Parameter(help: "Grey that shows through transparent parts.", 0...255) var background = 255

    func conflict() -> ParameterConflict? { network.weights.conflict { try DreamSim(weightsAt: $0) } }
  }
  var parameters: Parameters

  var effort: Effort { .compute }

  func estimate(_ inputs: StageShapes) throws -> Estimate {
    var estimate = Estimate()
    let path = try parameters.network.weights.path
    try estimate.add(DreamSim(weightsAt: path), weights: path, parameters.network.compute)
    return estimate
  }

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    let path = try parameters.network.weights.path
    let (network, pictures) = try prepared(inputs, weightsAt: path, context.monitor)
    let tokens = try await parameters.network.encodings(of: pictures, by: network, context)
    let distance = try finite(DreamSim.distance(tokens[0], tokens[1]))
    return StageOutputs(Self.report, Report(json: ["distance": .number(distance)]))
  }

  // Not inlined: Swift 6.3's optimizer crashes on typed errors in a coroutine.
  @inline(never)
  private func prepared(
    _ inputs: StageInputs, weightsAt path: String, _ monitor: Monitor
  ) throws -> (DreamSim, [Tensor]) {
    let part = try inputs[Self.image].image.part(in: inputs[Self.mask]?.image, monitor)
    let network = try DreamSim(weightsAt: path)
    var preprocessing = ImagePreprocessing()
    preprocessing.mean = [0.485, 0.456, 0.406]
    preprocessing.standardDeviation = [0.229, 0.224, 0.225]
    let pictures = try [part, inputs[Self.exemplar].image].map {
      try $0.exemplar(
        by: preprocessing, size: network.trunk.size, convention: .authors, background: parameters.background,
        monitor)
    }
    return (network, pictures)
  }
}

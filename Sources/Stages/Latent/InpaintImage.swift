import Diffusion
import Imaging
import PipelineKit
import Tensors

/// Paints what a text or an exemplar says into the masked part of a scene, in pixels: Blended Diffusion.
struct InpaintImage: Stage {
  static let name = "image.inpaint"
  static let summary =
    "Paints what a text or an exemplar says into the masked part of a scene, in pixels: Blended Diffusion."
  static let discussion = """
    Avrahami, Lischinski and Fried, "Blended Diffusion for Text-driven Editing of Natural Images" (2022). A denoiser that
    knows no texts, ADM's, is drawn at every step by a gradient: what CLIP sees in the hole, from several sides, is to be
    what `text` says or, in the paper's other variant, what an exemplar shows; one of the two is given. Around the hole the
    sample is set to the scene, noisy, at every step. Of several samples the one comes out in which CLIP finds the most of
    it; the report names all of them. Wherever the mask is not 0 is painted.

    Gradients need libtorch: `engine` is torch or torch:cuda. A sample takes hours on a few cores and minutes on a GPU;
    `plan` says how much it is. The network paints at 256×256: see image.crop-to-mask.

    Standard values are the authors', who take 32 samples and advise 64 and more. Where their program differs from their
    words, the program is followed: CLIP's views are shifted up and down alone; ranking looks at colours that are not
    normalised. A sample is one of theirs in a batch of one; `seed` + k draws the k-th, counted from 0.
    """
  static let scene = Input<Picture>("scene", help: "The picture to paint in; sides are multiples of 32.")
  static let mask = Input<Mask>("mask", help: "Where, of the same size.")
  static let exemplar = OptionalInput<Picture>(
    "exemplar", help: "What is to be painted, unless text says it.")
  static let result = Output<Picture>("image", help: "The best sample, the scene around the hole.")
  static let report = Output<Report>(
    "report", help: "Seed and CLIP's distance of every sample, the best first.")
  static let inputs: [any StagePort] = [scene, mask, exemplar]
  static let outputs: [any StagePort] = [result, report]

  struct Parameters: StageParameters {
    @Parameter(help: "The denoiser's weights: their name, or the path of a file or folder.")
    var model = WeightsReference("adm-256")
    @Parameter(help: "CLIP, by which is looked: its name, or the path of a folder.")
    var clip = WeightsReference("clip-vit-b-16")
    @Parameter(
      help:
        "LPIPS' weights, lpips-vgg, by which a loss keeps the background, too; null: it is kept by blending alone."
    )
    var perceptual: WeightsReference? = nil
    @Parameter(help: "What is to be painted, unless an exemplar shows it.") var text = ""
    @Parameter(help: "Steps of a run from noise alone.", 2...1000) var steps = 100
    @Parameter(
      help: "The run takes this share of the steps, the last ones, and starts from the scene, noisy.", 0...1)
    var strength = 0.75
    @Parameter(help: "Samples, of which the best comes out.", 1...1024) var samples = 4
    @Parameter(help: "Seed of the first sample.") var seed = 404
    @Parameter(help: "From how many sides CLIP looks, the first of which is plain.", 1...64) var views = 8
    @Parameter(help: "What CLIP's distance counts.", 0...1e9) var guideWeight = 1000.0
    @Parameter(help: "What colours count that no picture has.", 0...1e9) var rangeWeight = 50.0
    @Parameter(help: "What LPIPS of the background counts.", 0...1e9) var perceptualWeight = 1000.0
    @Parameter(help: "What the background's mean squared difference counts, with LPIPS.", 0...1e9)
    var differenceWeight = 10_000.0
    @Parameter(help: "Grey that shows through transparent parts of the exemplar.", 0...255)
    var background = 255
    @Parameter(help: "What computes networks and gradients: torch, torch:cuda.")
    var engine = EngineReference.torch
    @Parameter(help: PrecisionReference.help) var precision = PrecisionReference.single
    @Parameter(
      help: "Compute values anew on the way back instead of keeping them: much less memory, more time.")
    var recompute = false

    func conflict() -> ParameterConflict? {
      if engine == .standard {
        return ParameterConflict(
          "engine",
          "'\(engine.word)' finds no gradients, by which is painted here; torch does, and torch:cuda")
      }
      if taken == 0 {
        return ParameterConflict(
          "strength", "\(strength) of \(steps) steps is none; \(1 / Double(steps)) is one")
      }
      return model.conflict(key: "model") { try ADMUNet(weightsAt: $0) }
        ?? clip.conflict(key: "clip") { try CLIPPictureEmbedding(weightsAt: $0) }
        ?? perceptual?.conflict(key: "perceptual") { try LPIPS(weightsAt: $0) }
        ?? (text.isEmpty ? nil : clip.conflict(key: "clip", ofText: text, "text"))
    }

    /// Steps that are taken.
    var taken: Int { Int(Double(steps) * strength) }
  }
  var parameters: Parameters

  var effort: Effort { .compute }

  func estimate(_ inputs: StageShapes) throws -> Estimate {
    guard let width = inputs[Self.scene]?.sizes["width"], let height = inputs[Self.scene]?.sizes["height"]
    else { return Estimate() }
    let graph = try parameters.objective(width: width, height: height)
      .graph(WeightList(), WeightList(), parameters.perceptual.map { _ in WeightList() })
    let isDeep = (inputs[Self.scene]?.sizes["bits"] ?? 8) > 8
    var estimate = Estimate(
      [
        (
          Self.result,
          .picture(
            width: width, height: height, bands: 3, bits: isDeep ? 16 : 8, space: isDeep ? "rgb16" : "srgb",
            alpha: false, format: isDeep ? .uint16 : .uint8)
        )
      ], workingBytes: parameters.workingBytes(graph))
    estimate.remarks = [parameters.costRemark(graph)]
    return estimate
  }

  static let checkedInputs: [any StagePort]? = [scene, mask, exemplar]

  func check(_ inputs: StageInputs, _ context: StageContext) async throws {
    let (scene, mask) = (try inputs[Self.scene].image, try inputs[Self.mask].image)
    try checkSameSize(mask, "mask", scene, "scene")
    _ = try objective(for: scene)
    guard try evaluate(context.monitor, { try mask.boundsOfNonzero(monitor: $0) }) != nil else {
      throw emptyMask
    }
    switch (try inputs[Self.exemplar], parameters.text.isEmpty) {
    case (nil, true):
      throw StageFailure("nothing says what is to be painted", advice: "set text, or link an exemplar")
    case (.some, false):
      throw StageFailure(
        "both text and an exemplar say what is to be painted", advice: "leave one of them out")
    default: break
    }
  }

  private func objective(for scene: Image) throws -> BlendingObjective {
    do {
      return try parameters.objective(width: scene.width, height: scene.height)
    } catch let conflict as ParameterConflict {
      throw StageFailure(conflict.message)
    }
  }

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    let runtime = try context.services.get(DiffusionRuntime.self)
    let scene = try inputs[Self.scene].image
    let (planes, hole) = try prepared(scene, inputs[Self.mask].image, context.monitor)
    let guide = try await guide(inputs, runtime, context.monitor)
    let objective = try objective(for: scene)
    guard let engine = try await runtime.gradientEngine(parameters.engine.word) else {
      throw StageFailure("the engine '\(parameters.engine.word)' finds no gradients; torch does")
    }
    let blending = try await BlendedDiffusion(
      objective, weights: parameters.weights(of: objective), parameters.options, engine: engine,
      parameters.precision.value)
    let samples = try await blending.run(scene: planes, hole: hole, guide: guide) { done, total in
      try context.checkCancellation()
      context.monitor.report(done, of: total, unit: "step")
    }
    let distances = try samples.map { try finite(Double($0.distance)) }
    guard samples[0].picture.values.allSatisfy(\.isFinite) else {
      throw StageFailure(
        "the painted picture holds values that are no finite numbers", advice: "set precision to f32")
    }
    let ranked = zip(samples, distances).map { sample, distance -> JSONValue in
      ["seed": JSONValue(sample.seed), "distance": .number(distance)]
    }
    let isDeep = scene.format.byteCount > 1
    return StageOutputs(Self.result, Picture(try samples[0].picture.image(isDeep: isDeep)))
      .with(Self.report, Report(json: ["samples": .array(ranked)]))
  }

  /// The scene, and 1 wherever the mask is not 0.
  private func prepared(_ scene: Image, _ mask: Image, _ monitor: Monitor) throws -> (PixelPlanes, [Float]) {
    let marks = try evaluate(monitor) { try mask.pixels(as: UInt8.self, monitor: $0) }
    return (try scene.planes(monitor), marks.map { $0 > 0 ? 1 : 0 })
  }

  /// CLIP's embedding of the text or the exemplar.
  private func guide(
    _ inputs: StageInputs, _ runtime: DiffusionRuntime, _ monitor: Monitor
  ) async throws -> [Float] {
    let path = try parameters.clip.path
    let compute = try parameters.engine.compute(parameters.precision)
    if let exemplar = try inputs[Self.exemplar] {
      let (network, picture) = try prepared(exemplar.image, weightsAt: path, monitor)
      return try await runtime.network(network, weights: path, compute)
        .run(["exemplar": picture])["embedding"]!.floats
    }
    let (network, words) = try preparedText(parameters.text, weightsAt: path)
    return try await runtime.network(network, weights: path, compute).run(words)["embedding"]!.floats
  }

  // Not inlined: Swift 6.3's optimizer crashes on typed errors in a coroutine.
  @inline(never)
  private func prepared(
    _ exemplar: Image, weightsAt path: String, _ monitor: Monitor
  ) throws -> (CLIPPictureEmbedding, Tensor) {
    let network = try CLIPPictureEmbedding(weightsAt: path)
    let size = network.configuration.imageSize
    var preprocessing = ImagePreprocessing()
    (preprocessing.shortEdge, preprocessing.cropSize) = (size, size)
    let picture = try exemplar.exemplar(
      by: preprocessing, size: size, convention: .diffusers, background: parameters.background, monitor)
    return (network, picture)
  }
}

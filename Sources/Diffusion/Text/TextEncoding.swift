import Tensors

/// The way from a prompt to a denoiser's conditioning.
public struct TextEncoding: Sendable {
  private let networks: ModelNetworks
  private let encoder: TextEncoder
  private let tokenizer: CLIPTokenizer

  /// A way through the text encoder of a model.
  ///
  /// - Throws: `CheckpointError` when the model has no text encoder or no tokenizer, or one that is not supported.
  public init(_ model: DiffusionModel, _ compute: ComputeOptions, runtime: DiffusionRuntime) throws {
    networks = ModelNetworks(model, compute, runtime)
    encoder = try model.textEncoder()
    tokenizer = try model.tokenizer()
  }

  /// Tokens of a prompt, start, end and padding among them.
  public var length: Int { encoder.configuration.tokens }

  /// The words at a prompt's end for which the encoder has no room; nil when it has.
  public func wordsWithoutRoom(in prompt: String) -> String? {
    tokenizer.prompt(prompt, length: length).dropped
  }

  /// The same, of a model of which nothing is to be computed yet.
  ///
  /// - Throws: `CheckpointError` when the model has no text encoder or no tokenizer, or one that is not supported.
  package static func wordsWithoutRoom(in prompt: String, of model: DiffusionModel) throws -> String? {
    try model.tokenizer().prompt(prompt, length: model.textEncoder().configuration.tokens).dropped
  }

  /// The conditioning of a prompt, and of what the picture is not to show as its unconditional twin.
  ///
  /// - Parameter skipped: how many of the encoder's last layers are left out for the prompt ("clip skip"); never for the
  ///   negative one, as in diffusers' pipelines.
  /// - Throws: `InpaintingError` when the encoder has no more layers than that.
  public func conditioning(_ prompt: String, negative: String, skipped: Int = 0) async throws
    -> DenoiserConditioning
  {
    try Self.check(skipped, of: encoder)
    if skipped == 0 {
      let both = try await encode([prompt, negative], skipped: 0)
      return DenoiserConditioning(context: both[0], unconditional: both[1])
    }
    return try await DenoiserConditioning(
      context: encode([prompt], skipped: skipped)[0], unconditional: encode([negative], skipped: 0)[0])
  }

  /// The networks that this takes.
  package static func forms(skipped: Int) -> [NetworkForm] {
    skipped == 0
      ? [.prompt(batch: 2, skipped: 0)]
      : [.prompt(batch: 1, skipped: skipped), .prompt(batch: 1, skipped: 0)]
  }

  /// Each prompt's context, `[1, length, width]`.
  private func encode(_ prompts: [String], skipped: Int) async throws -> [Tensor] {
    let ids = prompts.flatMap { tokenizer.prompt($0, length: length).ids.map(Int64.init) }
    let tokens = Tensor(integers: ids, shape: [prompts.count, length])
    let results = try await networks.run(
      .prompt(batch: prompts.count, skipped: skipped), ["tokens": tokens])
    let (values, width) = (results["context"]!.floats, encoder.configuration.width)
    return prompts.indices.map {
      Tensor(Array(values[$0 * length * width..<($0 + 1) * length * width]), shape: [1, length, width])
    }
  }

  /// Everything that keeps a model from encoding prompts so, as far as it is known beforehand.
  package static func faults(of model: DiffusionModel, skipped: Int) -> [String] {
    var faults = ModelFaults()
    guard let encoder = faults.attempt({ try model.textEncoder() }) else { return faults.all }
    faults.attempt { try model.tokenizer() }
    faults.attempt { try check(skipped, of: encoder) }
    if model.components.contains(.unet), let unet = faults.attempt({ try model.unet() }) {
      let (made, taken) = (encoder.configuration.width, unet.configuration.contextWidth)
      if made != taken {
        faults.add("its text encoder makes tokens \(made) wide, its denoiser takes tokens of \(taken)")
      }
    }
    return faults.all
  }

  private static func check(_ skipped: Int, of encoder: TextEncoder) throws {
    let depth = encoder.configuration.depth
    guard (0..<depth).contains(skipped) else {
      throw InpaintingError("the text encoder has \(depth) layers, of which \(skipped) cannot be left out")
    }
  }
}

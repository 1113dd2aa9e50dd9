public import Tensors

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

  /// The conditioning of a prompt, and of what the picture is not to show as its unconditional twin.
  ///
  /// - Parameter skipped: how many of the encoder's last layers are left out ("clip skip"), the order of computations being
  ///   that of diffusers' pipelines.
  /// - Throws: `InpaintingError` when the encoder has no more layers than that.
  public func conditioning(_ prompt: String, negative: String, skipped: Int = 0) async throws
    -> DenoiserConditioning
  {
    try Self.check(skipped, of: encoder)
    let prompts = [prompt, negative].flatMap { tokenizer.prompt($0, length: length).ids.map(Int64.init) }
    let results = try await networks.run(
      .prompt(batch: 2, skipped: skipped), ["tokens": Tensor(integers: prompts, shape: [2, length])])
    let values = results["context"]!.floats
    let shape = [1, length, encoder.configuration.width]
    return DenoiserConditioning(
      context: Tensor(Array(values[..<(values.count / 2)]), shape: shape),
      unconditional: Tensor(Array(values[(values.count / 2)...]), shape: shape))
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

import Foundation

/// A model on disk: a diffusers folder, a single file in the authors' layout, a folder with such a file in it, or the
/// folder of one component alone. Opening it reads configurations; weights are mapped when they are asked for.
public struct DiffusionModel: Sendable {
  /// The folder or the file.
  public let path: String
  /// The published pipeline's class, `PaintByExamplePipeline`.
  public let pipelineClass: String
  /// The order of a nine-channel denoiser's inputs, if the pipeline's class says it.
  public let channelOrder: ChannelOrder?
  let folder: ModelFolder?
  /// The single file of weights in the authors' layout, where there is one.
  private let original: String?

  /// Opens the model at a path.
  ///
  /// A single file, alone or in a folder, needs no configurations: it is taken for a model of Paint by Example's own
  /// shape, and weights of another shape are refused when they are asked for. A folder with such a file beside
  /// `model_index.json` may have some or all of the `config.json` files of a diffusers folder, which then say its shape.
  public init(path: String) throws(CheckpointError) {
    self.path = path
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw absence(of: path)
    }
    let single = isFolder.boolValue ? ModelFolder.singleFile(in: path) : path
    guard single == nil || isPresent("\(path)/model_index.json") else {
      (folder, original) = (nil, single)
      pipelineClass = "PaintByExamplePipeline"
      channelOrder = .paintByExample
      return
    }
    let folder = try ModelFolder(path: path)
    self.folder = folder
    original = single
    pipelineClass = folder.pipelineClass
    channelOrder = ChannelOrder(pipelineClass: pipelineClass)
  }

  /// The noise schedule and the sampler the model was published with.
  package var schedule: SchedulerConfiguration {
    get throws(CheckpointError) {
      guard let folder, original == nil || folder.has("scheduler_config.json", of: "scheduler") else {
        return .paintByExample
      }
      return try folder.schedulerConfiguration()
    }
  }

  /// The denoiser's shape.
  package func unet() throws(CheckpointError) -> UNet {
    guard let folder = configured(.unet) else { return UNet(.paintByExample) }
    return UNet(try folder.unetConfiguration())
  }

  /// The autoencoder's shape.
  package func autoencoder() throws(CheckpointError) -> Autoencoder {
    guard let folder = configured(.autoencoder) else { return Autoencoder(AutoencoderConfiguration()) }
    return Autoencoder(try folder.autoencoderConfiguration())
  }

  /// The exemplar encoder's shape.
  package func exemplarEncoder() throws(CheckpointError) -> ExemplarEncoder {
    guard let folder = configured(.imageEncoder) else { return ExemplarEncoder(CLIPVisionConfiguration()) }
    return ExemplarEncoder(try folder.visionEncoderConfiguration())
  }

  /// The text encoder's shape.
  ///
  /// - Throws: also when the model has none.
  package func textEncoder() throws(CheckpointError) -> TextEncoder {
    guard let folder, folder.has("config.json", of: "text_encoder") else {
      throw CheckpointError(
        .unreadable, in: path,
        "it has no text encoder (text_encoder/config.json), which a model that is painted with by text has")
    }
    return TextEncoder(try folder.textEncoderConfiguration())
  }

  /// The tokenizer that belongs to the text encoder.
  ///
  /// - Throws: also when the model has none, or one with more tokens than the encoder knows.
  package func tokenizer() throws(CheckpointError) -> CLIPTokenizer {
    guard let folder, folder.has("vocab.json", of: "tokenizer"), folder.has("merges.txt", of: "tokenizer")
    else {
      throw CheckpointError(
        .unreadable, in: path,
        "it has no tokenizer: the files tokenizer/vocab.json and tokenizer/merges.txt, which are published with it"
      )
    }
    let tokenizer = try CLIPTokenizer(folder: folder.file("", of: "tokenizer"))
    let known = try textEncoder().configuration.vocabularySize
    guard tokenizer.vocabularySize <= known else {
      throw CheckpointError(
        .malformedVocabulary, in: folder.file("vocab.json", of: "tokenizer"),
        "it has ids up to \(tokenizer.vocabularySize - 1), the text encoder knows \(known) tokens")
    }
    return tokenizer
  }

  /// The folder that says a component's shape; nil where it is the published one, as nothing else is said.
  private func configured(_ component: ModelComponent) -> ModelFolder? {
    guard let folder else { return nil }
    return original == nil || folder.has("config.json", of: component.rawValue) ? folder : nil
  }

  /// How a picture is prepared for the exemplar encoder. A model without `feature_extractor` takes CLIP's
  /// preparation at the encoder's size.
  public func preprocessing() throws(CheckpointError) -> ImagePreprocessing {
    if let folder, folder.has("preprocessor_config.json", of: "feature_extractor") {
      return try folder.imagePreprocessing()
    }
    var preprocessing = ImagePreprocessing()
    let size = try exemplarEncoder().configuration.imageSize
    (preprocessing.shortEdge, preprocessing.cropSize) = (size, size)
    return preprocessing
  }

  /// A component's weights, mapped, each of the shape its network needs.
  ///
  /// - Throws: `CheckpointError` for a file that is refused, `WeightMismatch` listing all that is missing, extra or
  ///   of another shape.
  package func weights(of component: ModelComponent) throws -> Checkpoint {
    let shapes =
      switch component {
      case .unet: try unet().weightShapes
      case .autoencoder: try autoencoder().weightShapes
      case .imageEncoder: try exemplarEncoder().weightShapes
      case .textEncoder: try textEncoder().weightShapes
      }
    return try WeightExpectation(component: component.rawValue, shapes: shapes)
      .fitted(try publishedWeights(of: component))
  }

  /// A component's weights under the names of today, unchecked.
  package func publishedWeights(of component: ModelComponent) throws(CheckpointError) -> Checkpoint {
    if let original {
      let checkpoint = try Checkpoint(contentsOf: original)
      guard OriginalLayout.matches(checkpoint) else {
        throw CheckpointError(
          .noWeights, in: original, "it holds no whole model in the authors' layout (model.diffusion_model.…)"
        )
      }
      let parts = try OriginalLayout(checkpoint)
      switch component {
      case .unet: return parts.unet
      case .autoencoder: return parts.vae
      case .imageEncoder: return parts.imageEncoder.withCurrentNames(of: .vision)
      case .textEncoder: return parts.textEncoder
      }
    }
    return try folder!.weights(of: component.rawValue)
  }

  /// The components that are here.
  public var components: [ModelComponent] {
    guard original == nil, let folder else { return [.unet, .autoencoder, .imageEncoder] }
    return ModelComponent.allCases.filter { folder.has("config.json", of: $0.rawValue) }
  }

  /// Every file that what the model computes depends on: configurations and weights.
  ///
  /// - Parameter isUntrained: whether components may be without weights, as those of a model that is yet to be
  ///   trained are.
  public func files(isUntrained: Bool = false) throws(CheckpointError) -> [String] {
    var files = folder?.configurationFiles ?? []
    if let original { return (files + [original]).sorted() }
    for component in components where !isUntrained || hasWeights(component) {
      files += try publishedWeights(of: component).files
    }
    return Set(files).sorted()
  }

  /// Whether all components' weights lie in one file in the authors' layout.
  var isSingleFile: Bool { original != nil }

  /// Whether there are weights of a component.
  public func hasWeights(_ component: ModelComponent) -> Bool {
    guard original == nil, let folder else { return true }
    return folder.hasWeights(of: component.rawValue)
  }
}

extension DiffusionModel {
  /// Side in pixels of the pictures that the denoiser was trained on: `sample_size` of its configuration times the
  /// autoencoder's scale; nil where the configuration does not say it.
  public var pictureSize: Int? {
    get throws(CheckpointError) {
      guard let latents = try unet().configuration.sampleSize else { return nil }
      return try latents * autoencoder().configuration.scale
    }
  }
}

import Foundation

/// A model on disk: a diffusers folder, a single file in the authors' layout, or a folder of configurations with
/// such a file in it. Opening it reads configurations; weights are mapped when they are asked for.
public struct DiffusionModel: Sendable {
  /// The folder or the file.
  public let path: String
  /// The published pipeline's class, `PaintByExamplePipeline`.
  public let pipelineClass: String
  /// The order of a nine-channel denoiser's inputs, if the pipeline's class says it.
  public let channelOrder: ChannelOrder?
  /// The noise schedule and the sampler the model was published with.
  public let schedule: SchedulerConfiguration

  private let folder: ModelFolder?
  /// The single file of weights in the authors' layout, where there is one.
  private let original: String?

  /// Opens the model at a path.
  ///
  /// A single file comes without configurations: it is taken for a model of Paint by Example's own shape, and
  /// weights of another shape are refused when they are asked for. A folder with the `config.json` files of a
  /// diffusers folder and one `.ckpt` or `.safetensors` file beside `model_index.json` says what shape it has.
  public init(path: String) throws(CheckpointError) {
    self.path = path
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw CheckpointError(.unreadable, in: path, "no such file or folder")
    }
    guard isFolder.boolValue else {
      (folder, original) = (nil, path)
      pipelineClass = "PaintByExamplePipeline"
      (channelOrder, schedule) = (.paintByExample, .paintByExample)
      return
    }
    let folder = try ModelFolder(path: path)
    self.folder = folder
    original = folder.singleFile
    pipelineClass = folder.pipelineClass
    channelOrder = ChannelOrder(pipelineClass: pipelineClass)
    schedule = try folder.schedulerConfiguration()
  }

  /// The denoiser's shape.
  public func unet() throws(CheckpointError) -> UNet {
    UNet(
      try folder.map { folder throws(CheckpointError) in try folder.unetConfiguration() } ?? .paintByExample)
  }

  /// The autoencoder's shape.
  public func autoencoder() throws(CheckpointError) -> Autoencoder {
    let read = try folder.map { folder throws(CheckpointError) in try folder.autoencoderConfiguration() }
    return Autoencoder(read ?? AutoencoderConfiguration())
  }

  /// The exemplar encoder's shape.
  public func exemplarEncoder() throws(CheckpointError) -> ExemplarEncoder {
    let read = try folder.map { folder throws(CheckpointError) in try folder.visionEncoderConfiguration() }
    return ExemplarEncoder(read ?? CLIPVisionConfiguration())
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
  public func weights(of component: ModelComponent) throws -> Checkpoint {
    let shapes =
      switch component {
      case .unet: try unet().weightShapes
      case .autoencoder: try autoencoder().weightShapes
      case .imageEncoder: try exemplarEncoder().weightShapes
      }
    return try WeightExpectation(component: component.rawValue, shapes: shapes)
      .fitted(try publishedWeights(of: component))
  }

  /// A component's weights under the names of today, unchecked.
  public func publishedWeights(of component: ModelComponent) throws(CheckpointError) -> Checkpoint {
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
      case .imageEncoder: return parts.imageEncoder.withCurrentEncoderNames()
      }
    }
    return try folder!.weights(of: component.rawValue)
  }

  /// The components that are here.
  public var components: [ModelComponent] {
    guard original == nil, let folder else { return ModelComponent.allCases }
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

  /// Whether there are weights of a component.
  public func hasWeights(_ component: ModelComponent) -> Bool {
    guard original == nil, let folder else { return true }
    return folder.hasWeights(of: component.rawValue)
  }
}

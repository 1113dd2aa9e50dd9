package import Foundation
import Foundations

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
  /// Which published model that is of.
  let published: OriginalModel?

  /// Opens the model at a path.
  ///
  /// A single file, alone or in a folder, needs no configurations: it is taken for a model of Paint by Example's, Stable
  /// Diffusion 1's or 2's own shape, as its names tell, and weights of another shape are refused when they are asked for. A
  /// folder with such a file beside `model_index.json` may have some or all of the `config.json` files of a diffusers
  /// folder, which then say its shape. Prompts need the folder `tokenizer` beside the file.
  public init(path: String) throws(CheckpointError) {
    self.path = path
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw absence(of: path)
    }
    let single = isFolder.boolValue ? ModelFolder.singleFile(in: path) : path
    original = single
    published = try single.map { file throws(CheckpointError) in
      try OriginalModel(Checkpoint(contentsOf: file), path: file)
    }
    if let published, !isPresent("\(path)/model_index.json") {
      folder = nil
      pipelineClass = published.pipelineClass
    } else {
      let folder = try ModelFolder(path: path)
      self.folder = folder
      pipelineClass = folder.pipelineClass
    }
    channelOrder = ChannelOrder(pipelineClass: pipelineClass)
  }

  /// The noise schedule and the sampler the model was published with.
  package var schedule: SchedulerConfiguration {
    get throws(CheckpointError) {
      if let published, folder?.has("scheduler_config.json", of: "scheduler") != true {
        return try published.schedule(path: path)
      }
      return try folder!.schedulerConfiguration()
    }
  }

  /// The text of the schedule for a denoiser that is distilled from this one, between so many steps.
  ///
  /// - Throws: also for a model without such a file.
  package func distilledSchedule(steps: Int) throws(CheckpointError) -> Data {
    guard let folder, folder.has("scheduler_config.json", of: "scheduler") else {
      throw CheckpointError(.unreadable, in: path, "it has no scheduler/scheduler_config.json")
    }
    var members = try ConfigurationFile(contentsOf: folder.file("scheduler_config.json", of: "scheduler"))
      .root
    members["_class_name"] = .string(SamplerKind.lcm.rawValue)
    members["original_inference_steps"] = JSONValue(steps)
    return Data(JSONWriter.pretty(.object(members)).utf8)
  }

  /// The denoiser's shape.
  package func unet() throws(CheckpointError) -> UNet {
    guard let folder = configured(.unet) else { return UNet(published!.unet) }
    return UNet(try folder.unetConfiguration())
  }

  /// The autoencoder's shape.
  package func autoencoder() throws(CheckpointError) -> Autoencoder {
    guard let folder = configured(.autoencoder) else { return Autoencoder(AutoencoderConfiguration()) }
    return Autoencoder(try folder.autoencoderConfiguration())
  }

  /// The exemplar encoder's shape.
  package func exemplarEncoder() throws(CheckpointError) -> ExemplarEncoder {
    guard published?.components.contains(.imageEncoder) != false else {
      throw CheckpointError(
        .unreadable, in: path, "it has no exemplar encoder: it is a model that is painted with by text")
    }
    guard let folder = configured(.imageEncoder) else { return ExemplarEncoder(CLIPVisionConfiguration()) }
    return ExemplarEncoder(try folder.visionEncoderConfiguration())
  }

  /// The text encoder's shape.
  ///
  /// - Throws: also when the model has none.
  package func textEncoder() throws(CheckpointError) -> TextEncoder {
    if let folder, folder.has("config.json", of: "text_encoder") {
      return TextEncoder(try folder.textEncoderConfiguration())
    }
    guard let known = published?.textEncoder else {
      throw CheckpointError(
        .unreadable, in: path,
        "it has no text encoder (text_encoder/config.json), which a model that is painted with by text has")
    }
    return TextEncoder(known)
  }

  /// The tokenizer that belongs to the text encoder.
  ///
  /// - Throws: also when the model has none, or one with more tokens than the encoder knows.
  package func tokenizer() throws(CheckpointError) -> CLIPTokenizer {
    guard let place = tokenizerFolder else {
      let remedy =
        path == original
        ? "; lay the file into a folder, and the published model's folder tokenizer beside it" : ""
      throw CheckpointError(
        .unreadable, in: path,
        "it has no tokenizer, which is the files tokenizer/vocab.json and tokenizer/merges.txt, or "
          + "tokenizer/tokenizer.json\(remedy)")
    }
    let tokenizer = try CLIPTokenizer(folder: place)
    let known = try textEncoder().configuration.vocabularySize
    guard tokenizer.vocabularySize <= known else {
      throw CheckpointError(
        .malformedVocabulary, in: place,
        "it has ids up to \(tokenizer.vocabularySize - 1), the text encoder knows \(known) tokens")
    }
    return tokenizer
  }

  /// Where the tokenizer's files lie; nil where they are not.
  var tokenizerFolder: String? {
    let place = folder?.file("", of: "tokenizer") ?? "\(path)/tokenizer/"
    let isWhole = ["vocab.json", "merges.txt"].allSatisfy { isPresent(place + $0) }
    return isWhole || isPresent(place + "tokenizer.json") ? String(place.dropLast()) : nil
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
    try WeightExpectation(component: component.rawValue, shapes: weightList(of: component).shapes)
      .fitted(try publishedWeights(of: component))
  }

  /// What a component's network asks for.
  func weightList(of component: ModelComponent) throws -> WeightList {
    switch component {
    case .unet: try unet().weightList
    case .autoencoder: try autoencoder().weightList
    case .imageEncoder: try exemplarEncoder().weightList
    case .textEncoder: try textEncoder().weightList
    }
  }

  /// What of the components is quantised; those of which nothing is are left out.
  package var quantization: [ModelComponent: QuantizationSummary] {
    get throws(CheckpointError) {
      var summaries: [ModelComponent: QuantizationSummary] = [:]
      for component in components where hasWeights(component) {
        guard let weights = try? publishedWeights(of: component) else { continue }
        summaries[component] = weights.quantization
      }
      return summaries
    }
  }

  /// A component's weights under the names of today, unchecked.
  package func publishedWeights(of component: ModelComponent) throws(CheckpointError) -> Checkpoint {
    if let original {
      let parts = try OriginalLayout(Checkpoint(contentsOf: original))
      switch component {
      case .unet: return parts.unet
      case .autoencoder: return parts.vae
      case .imageEncoder: return parts.imageEncoder.withCurrentNames(of: .vision)
      case .textEncoder: return parts.textEncoder.withoutLayers(from: try textEncoder().configuration.depth)
      }
    }
    return try folder!.weights(of: component.rawValue)
  }

  /// The components that are here.
  public var components: [ModelComponent] {
    if let published { return published.components }
    guard let folder else { return [] }
    return ModelComponent.allCases.filter { folder.has("config.json", of: $0.rawValue) }
  }

  /// Every file that what the model computes depends on: configurations and weights. Components without weights that
  /// can be read are left out; whoever needs one asks for ``weightsFault(of:)``.
  public func files() throws(CheckpointError) -> [String] {
    var files = folder?.configurationFiles ?? []
    if folder == nil, let place = tokenizerFolder {
      files += ModelFolder.tokenizerFiles.map { "\(place)/\($0)" }.filter(isPresent)
    }
    if let original { return (files + [original]).sorted() }
    for component in components {
      if let weights = try? publishedWeights(of: component) { files += weights.files }
    }
    return Set(files).sorted()
  }

  /// Why a component's weights cannot be read at all; nil where they can.
  public func weightsFault(of component: ModelComponent) -> CheckpointError? {
    guard original == nil else { return nil }
    do {
      _ = try publishedWeights(of: component)
      return nil
    } catch {
      return error
    }
  }

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

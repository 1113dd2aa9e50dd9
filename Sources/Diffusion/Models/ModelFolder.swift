import Foundation

/// A diffusers folder: `model_index.json` and one sub-folder for each component it names.
public struct ModelFolder: Sendable {
  /// The folder's path.
  public let path: String
  /// The pipeline's class, such as `PaintByExamplePipeline`.
  public let pipelineClass: String
  /// The class of each component, by the name of its sub-folder; without those that are null.
  public let components: [String: String]

  /// Reads `model_index.json`.
  public init(path: String) throws(CheckpointError) {
    self.path = path
    var reader = ConfigurationFileReader(try ConfigurationFile(contentsOf: "\(path)/model_index.json"))
    pipelineClass = reader.string("_class_name", default: "")
    if pipelineClass.isEmpty { reader.fault("_class_name", "is missing") }
    try reader.finishIgnoringTheRest()
    var components: [String: String] = [:]
    for (name, value) in reader.allMembers where !name.hasPrefix("_") {
      guard case .array(let pair) = value, pair.count == 2 else { continue }
      if case .string(let className) = pair[1] { components[name] = className }
    }
    self.components = components
  }

  /// The path of a component's file, such as `unet/config.json`.
  public func file(_ name: String, of component: String) -> String { "\(path)/\(component)/\(name)" }

  /// Whether a component has that file.
  func has(_ name: String, of component: String) -> Bool {
    FileManager.default.fileExists(atPath: file(name, of: component))
  }

  /// The one file of weights beside `model_index.json`, which then holds every component in the authors' layout.
  var singleFile: String? {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    let files = names.filter { $0.hasSuffix(".ckpt") || $0.hasSuffix(".safetensors") }
    return files.count == 1 ? "\(path)/\(files[0])" : nil
  }

  /// The configurations that say what the model computes.
  var configurationFiles: [String] {
    let places = [
      ("unet", "config.json"), ("vae", "config.json"), ("image_encoder", "config.json"),
      ("scheduler", "scheduler_config.json"), ("feature_extractor", "preprocessor_config.json"),
    ]
    return ["\(path)/model_index.json"] + places.filter { has($1, of: $0) }.map { file($1, of: $0) }
  }

  /// The UNet's shape.
  public func unetConfiguration() throws(CheckpointError) -> UNetConfiguration {
    try UNetConfiguration(contentsOf: file("config.json", of: "unet"))
  }

  /// The autoencoder's shape.
  public func autoencoderConfiguration() throws(CheckpointError) -> AutoencoderConfiguration {
    try AutoencoderConfiguration(contentsOf: file("config.json", of: "vae"))
  }

  /// The image encoder's shape.
  public func visionEncoderConfiguration() throws(CheckpointError) -> CLIPVisionConfiguration {
    try CLIPVisionConfiguration(contentsOf: file("config.json", of: "image_encoder"))
  }

  /// The noise schedule and the sampler the model was published with.
  public func schedulerConfiguration() throws(CheckpointError) -> SchedulerConfiguration {
    try SchedulerConfiguration(contentsOf: file("scheduler_config.json", of: "scheduler"))
  }

  /// How a picture is prepared for the image encoder.
  public func imagePreprocessing() throws(CheckpointError) -> ImagePreprocessing {
    try ImagePreprocessing(contentsOf: file("preprocessor_config.json", of: "feature_extractor"))
  }

  /// Whether there are weights of a component.
  func hasWeights(of component: String) -> Bool {
    let folder = "\(path)/\(component)"
    return Checkpoint.hasWeights(folder, variant: nil) || Checkpoint.hasWeights(folder, variant: "fp16")
  }

  /// A component's weights under the names of today. A folder that has nothing but half-precision files
  /// (`*.fp16.*`) gives those; see `Checkpoint.init(component:variant:)`.
  public func weights(of component: String) throws(CheckpointError) -> Checkpoint {
    let folder = "\(path)/\(component)"
    let hasOnlyHalf =
      !Checkpoint.hasWeights(folder, variant: nil) && Checkpoint.hasWeights(folder, variant: "fp16")
    let checkpoint = try Checkpoint(component: folder, variant: hasOnlyHalf ? "fp16" : nil)
    switch component {
    case "vae": return checkpoint.withCurrentVAENames()
    case "image_encoder": return checkpoint.withCurrentEncoderNames()
    default: return checkpoint
    }
  }
}

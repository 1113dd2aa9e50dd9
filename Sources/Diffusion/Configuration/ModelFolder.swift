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
    pipelineClass = try reader.string("_class_name", default: "")
    guard !pipelineClass.isEmpty else { throw reader.unsupported("_class_name", "is missing") }
    var components: [String: String] = [:]
    for (name, value) in reader.allMembers where !name.hasPrefix("_") {
      guard case .array(let pair) = value, pair.count == 2 else { continue }
      if case .string(let className) = pair[1] { components[name] = className }
    }
    self.components = components
  }

  /// The path of a component's file, such as `unet/config.json`.
  public func file(_ name: String, of component: String) -> String { "\(path)/\(component)/\(name)" }

  /// The UNet's shape.
  public func unetConfiguration() throws(CheckpointError) -> DeclaredUNet {
    try DeclaredUNet(contentsOf: file("config.json", of: "unet"))
  }

  /// The autoencoder's shape.
  public func autoencoderConfiguration() throws(CheckpointError) -> DeclaredAutoencoder {
    try DeclaredAutoencoder(contentsOf: file("config.json", of: "vae"))
  }

  /// The image encoder's shape.
  public func visionEncoderConfiguration() throws(CheckpointError) -> VisionEncoderConfiguration {
    try VisionEncoderConfiguration(contentsOf: file("config.json", of: "image_encoder"))
  }

  /// The noise schedule and the sampler the model was published with.
  public func schedulerConfiguration() throws(CheckpointError) -> SchedulerConfiguration {
    try SchedulerConfiguration(contentsOf: file("scheduler_config.json", of: "scheduler"))
  }

  /// How a picture is prepared for the image encoder.
  public func imagePreprocessing() throws(CheckpointError) -> ImagePreprocessing {
    try ImagePreprocessing(contentsOf: file("preprocessor_config.json", of: "feature_extractor"))
  }

  /// A component's weights under the names of today; see `Checkpoint.init(component:variant:)`.
  public func weights(
    of component: String, variant: String? = nil
  ) throws(CheckpointError) -> Checkpoint {
    let checkpoint = try Checkpoint(component: "\(path)/\(component)", variant: variant)
    switch component {
    case "vae": return checkpoint.withCurrentVAENames()
    case "image_encoder": return checkpoint.withCurrentEncoderNames()
    default: return checkpoint
    }
  }
}

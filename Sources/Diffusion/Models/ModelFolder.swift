import Foundation
import Foundations

/// A diffusers folder: `model_index.json` and one sub-folder for each component it names; or the folder of one component
/// alone, which has a `config.json` in the place of the index.
package struct ModelFolder: Sendable {
  /// The folder's path.
  package let path: String
  /// The pipeline's class, such as `PaintByExamplePipeline`.
  package let pipelineClass: String
  /// The class of each component, by the name of its sub-folder; without those that are null.
  package let components: [String: String]
  /// The component whose folder it is; nil for a folder with an index.
  private let only: ModelComponent?

  /// Reads `model_index.json`, or the `config.json` of a component's folder.
  package init(path: String) throws(CheckpointError) {
    self.path = path
    if Self.isComponent(path) {
      let (component, className) = try Self.component(path)
      (only, pipelineClass, components) = (component, className, [component.rawValue: className])
      return
    }
    only = nil
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

  /// Whether it is the folder of one component alone.
  var isComponent: Bool { only != nil }

  /// Whether a folder has a component's configuration where a model has its index.
  static func isComponent(_ path: String) -> Bool {
    !isPresent("\(path)/model_index.json") && isPresent("\(path)/config.json")
  }

  /// What a component's `config.json` says it is of.
  private static func component(
    _ path: String
  ) throws(CheckpointError) -> (ModelComponent, className: String) {
    var reader = ConfigurationFileReader(try ConfigurationFile(contentsOf: "\(path)/config.json"))
    let architecture = reader.strings("architectures", default: [""])[0]
    let name = reader.string("_class_name", default: architecture)
    let type = reader.string("model_type", default: "")
    switch name {
    case "UNet2DConditionModel": return (.unet, name)
    case "AutoencoderKL": return (.autoencoder, name)
    case _ where type == "clip_vision_model" || CLIPVisionConfiguration.Architecture(rawValue: name) != nil:
      return (.imageEncoder, name)
    case _ where type == "clip_text_model": return (.textEncoder, name)
    default:
      throw CheckpointError(
        .unsupportedConfiguration, in: path,
        "there is no model_index.json, and config.json is that of \(name.isEmpty ? "nothing known" : name)")
    }
  }

  /// The folder of a component, or of its settings; nil where one component is alone and it is another.
  private func folder(of component: String) -> String? {
    guard let only else { return "\(path)/\(component)" }
    let isSettings = [.imageEncoder: "feature_extractor", .textEncoder: "tokenizer"][only] == component
    return only.rawValue == component || isSettings ? path : nil
  }

  /// The path of a component's file, such as `unet/config.json`.
  package func file(_ name: String, of component: String) -> String {
    "\(folder(of: component) ?? "\(path)/\(component)")/\(name)"
  }

  /// Whether a component has that file.
  func has(_ name: String, of component: String) -> Bool {
    folder(of: component).map { isPresent("\($0)/\(name)") } ?? false
  }

  /// The one file of weights in a folder, which then holds every component in the authors' layout; nil where there are
  /// several, and in the folder of a component.
  static func singleFile(in path: String) -> String? {
    guard !isComponent(path) else { return nil }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    let files = names.filter { $0.hasSuffix(".ckpt") || $0.hasSuffix(".safetensors") }
    return files.count == 1 ? "\(path)/\(files[0])" : nil
  }

  /// What a tokenizer's folder holds.
  static let tokenizerFiles = [
    "vocab.json", "merges.txt", "special_tokens_map.json", "tokenizer_config.json",
  ]

  /// The configurations that say what the model computes.
  var configurationFiles: [String] {
    let places =
      [
        ("unet", "config.json"), ("vae", "config.json"), ("image_encoder", "config.json"),
        ("scheduler", "scheduler_config.json"), ("feature_extractor", "preprocessor_config.json"),
        ("text_encoder", "config.json"),
      ] + Self.tokenizerFiles.map { ("tokenizer", $0) }
    return (isComponent ? [] : ["\(path)/model_index.json"])
      + places.filter { has($1, of: $0) }.map { file($1, of: $0) }
  }

  /// The UNet's shape.
  package func unetConfiguration() throws(CheckpointError) -> UNetConfiguration {
    try UNetConfiguration(contentsOf: configuration(of: .unet))
  }

  /// The autoencoder's shape.
  package func autoencoderConfiguration() throws(CheckpointError) -> AutoencoderConfiguration {
    try AutoencoderConfiguration(contentsOf: configuration(of: .autoencoder))
  }

  /// The image encoder's shape.
  package func visionEncoderConfiguration() throws(CheckpointError) -> CLIPVisionConfiguration {
    try CLIPVisionConfiguration(contentsOf: configuration(of: .imageEncoder))
  }

  /// The text encoder's shape.
  package func textEncoderConfiguration() throws(CheckpointError) -> CLIPTextConfiguration {
    try CLIPTextConfiguration(contentsOf: configuration(of: .textEncoder))
  }

  /// The noise schedule and the sampler the model was published with.
  package func schedulerConfiguration() throws(CheckpointError) -> SchedulerConfiguration {
    try SchedulerConfiguration(contentsOf: file("scheduler_config.json", of: "scheduler"))
  }

  /// How a picture is prepared for the image encoder.
  package func imagePreprocessing() throws(CheckpointError) -> ImagePreprocessing {
    try ImagePreprocessing(contentsOf: file("preprocessor_config.json", of: "feature_extractor"))
  }

  private func configuration(of component: ModelComponent) throws(CheckpointError) -> String {
    if let only, only != component {
      throw CheckpointError(
        .unreadable, in: path,
        "it is the folder of the component '\(only.rawValue)' alone; '\(component.rawValue)' is needed, too")
    }
    return file("config.json", of: component.rawValue)
  }

  /// Whether there are weights of a component.
  func hasWeights(of component: String) -> Bool {
    guard let folder = folder(of: component) else { return false }
    return Checkpoint.hasWeights(folder, variant: nil) || Checkpoint.hasWeights(folder, variant: "fp16")
  }

  /// A component's weights under the names of today. A folder that has nothing but half-precision files
  /// (`*.fp16.*`) gives those; see `Checkpoint.init(component:variant:)`.
  package func weights(of component: String) throws(CheckpointError) -> Checkpoint {
    let folder = folder(of: component) ?? "\(path)/\(component)"
    let hasOnlyHalf =
      !Checkpoint.hasWeights(folder, variant: nil) && Checkpoint.hasWeights(folder, variant: "fp16")
    let checkpoint = try Checkpoint(component: folder, variant: hasOnlyHalf ? "fp16" : nil)
    switch component {
    case "vae": return checkpoint.withCurrentVAENames()
    case "image_encoder": return checkpoint.withCurrentNames(of: .vision)
    case "text_encoder": return checkpoint.withCurrentNames(of: .text)
    default: return checkpoint
    }
  }
}

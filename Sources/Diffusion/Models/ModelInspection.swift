import Foundation

/// What a model on disk consists of.
public struct ModelInspection: Sendable {
  /// A network or a folder of settings.
  public struct Component: Sendable {
    /// The sub-folder's name: `unet`.
    public var name: String
    /// The class that `model_index.json` names; for a single file, the one the part stands for.
    public var className: String
    /// Paths of the files the weights lie in; of a component without weights, of all its files.
    public var files: [String] = []
    /// Whether it has weights.
    public var hasWeights = true
    /// How many numbers of each type the weights have.
    public var parameters: [ScalarType: Int] = [:]
    /// What of the weights is quantised; nil when nothing is.
    public var quantization: QuantizationSummary?
    /// Why weights or settings are refused; nil when they fit the network, or when this program has no use for them.
    public var fault: String?
    /// Whether this program has a network for it.
    public var isNetwork = false

    /// How many numbers in all.
    public var parameterCount: Int { parameters.values.reduce(0, +) }
    /// Bytes of all weights.
    public var bytes: Int { parameters.reduce(0) { $0 + $1.key.byteCount * $1.value } }
  }

  /// The folder or file.
  public var path: String
  /// The pipeline's class: `PaintByExamplePipeline`.
  public var pipelineClass: String
  /// The components, in alphabetical order.
  public var components: [Component]

  /// Whether every network has the weights it needs.
  public var isWhole: Bool { components.allSatisfy { $0.fault == nil } }
  /// Bytes of all weights.
  public var bytes: Int { components.reduce(0) { $0 + $1.bytes } }
  /// The types of the networks' weights, the most frequent first.
  public var scalarTypes: [ScalarType] {
    let counts = components.reduce(into: [ScalarType: Int]()) { $0.merge($1.parameters, uniquingKeysWith: +) }
    return counts.sorted { ($1.value, $0.key.rawValue) < ($0.value, $1.key.rawValue) }.map(\.key)
  }

  /// Reads what there is. A component that cannot be read is a fault of its own and keeps nothing else from being
  /// read.
  ///
  /// - Parameter checksWeights: compare the weights with those that the networks need.
  /// - Throws: `CheckpointError` when the model as such cannot be opened.
  public init(path: String, checksWeights: Bool = true) throws(CheckpointError) {
    let model: DiffusionModel
    do {
      model = try DiffusionModel(path: path)
    } catch {
      guard let alone = ModelInspection(standalone: path) else { throw error }
      self = alone
      return
    }
    self.path = path
    pipelineClass = model.pipelineClass
    let classes = model.folder?.components ?? model.published?.networkClasses ?? [:]
    components = classes.sorted { $0.key < $1.key }.map { name, className in
      var component = Component(name: name, className: className)
      if let network = ModelComponent(rawValue: name) {
        component.read(network, of: model, checksWeights: checksWeights)
      } else {
        component.lookInto("\(path)/\(name)")
        component.readSettings(of: model)
      }
      return component
    }
  }

  /// The weights of a network that stands alone; nil for what is part of a diffusion model, or no weights.
  private init?(standalone path: String) {
    guard !isPresent("\(path)/model_index.json"), let files = try? WeightFiles(at: path),
      let weights = try? files.checkpoint(), !OriginalLayout.matches(weights)
    else { return nil }
    var component = Component(name: "weights", className: "")
    component.count(weights)
    self.path = path
    pipelineClass = "network that stands alone"
    components = [component]
  }
}

extension ModelInspection.Component {
  fileprivate mutating func count(_ weights: Checkpoint) {
    files = weights.files
    quantization = weights.quantization
    for tensor in weights.tensors.values { parameters[tensor.scalarType, default: 0] += tensor.elementCount }
  }

  fileprivate mutating func lookInto(_ folder: String) {
    hasWeights =
      Checkpoint.hasWeights(folder, variant: nil) || Checkpoint.hasWeights(folder, variant: "fp16")
    files = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted().map {
      "\(folder)/\($0)"
    }
  }

  /// What is wrong with settings that networks are used by.
  fileprivate mutating func readSettings(of model: DiffusionModel) {
    do {
      switch name {
      case "scheduler": _ = try model.schedule
      case "feature_extractor": _ = try model.preprocessing()
      case "tokenizer": _ = try model.tokenizer()
      default: break
      }
    } catch {
      fault = "\(error)"
    }
  }

  fileprivate mutating func read(_ network: ModelComponent, of model: DiffusionModel, checksWeights: Bool) {
    isNetwork = true
    do {
      let published = try model.publishedWeights(of: network)
      count(published)
      if checksWeights { _ = try model.weights(of: network) }
    } catch {
      fault = "\(error)"
    }
  }
}

package import Foundation
import Foundations
import SystemPackage

/// Writes a model as a diffusers folder of `.safetensors` files, which opens at once, whatever it was read from.
package struct ModelConversion: Sendable {
  /// The model that is read.
  package let model: DiffusionModel
  /// What weights become; nil leaves them as they are.
  package let scalarType: ScalarType?

  /// Weights of a file have no more bytes than this, unless one alone has; nil writes one file a component.
  package var shardBytes: Int?

  private let networks: [(component: ModelComponent, weights: Checkpoint)]
  private let source: ModelFolder?
  /// Files of settings that replace the model's own, by their paths in its folder.
  private var settings: [String: Data] = [:]

  /// Opens a model and checks every weight of every component.
  ///
  /// - Throws: `ModelMismatch` listing all that is missing, extra or of another shape, in all components at once;
  ///   `CheckpointError` for a file that is refused.
  package init(path: String, as scalarType: ScalarType? = nil) throws {
    model = try DiffusionModel(path: path)
    self.scalarType = scalarType
    source = model.folder
    guard source?.isComponent != true else {
      throw CheckpointError(
        .unsupportedConfiguration, in: path, "it is the folder of one component alone, no model to convert")
    }
    var networks: [(ModelComponent, Checkpoint)] = []
    var mismatches: [WeightMismatch] = []
    for component in model.components {
      do {
        networks.append((component, try model.weights(of: component)))
      } catch let mismatch as WeightMismatch {
        mismatches.append(mismatch)
      }
    }
    guard mismatches.isEmpty else { throw ModelMismatch(components: mismatches) }
    guard !networks.isEmpty else {
      throw CheckpointError(
        .noWeights, in: path,
        "it has none of the components \(ModelComponent.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    self.networks = networks
  }

  /// A model with some components' weights replaced: what training makes of it. Components that have no weights in
  /// either stay without.
  ///
  /// - Parameters:
  ///   - trained: weights that replace the model's own, all of a component's.
  ///   - settings: files that replace the model's own, by their paths in its folder.
  /// - Throws: as `init(path:as:)`.
  package init(
    _ model: DiffusionModel, trained: [ModelComponent: Checkpoint], settings: [String: Data] = [:],
    as scalarType: ScalarType? = nil
  ) throws {
    self.model = model
    self.scalarType = scalarType
    self.settings = settings
    source = model.folder
    networks = try model.components.compactMap { component in
      if let weights = trained[component] { return (component, weights) }
      return model.hasWeights(component) ? (component, try model.weights(of: component)) : nil
    }
  }

  /// Components of the model that this program has no network for: their weights are left out.
  package var leftOut: [String] {
    guard let source else { return [] }
    return source.components.keys.filter {
      ModelComponent(rawValue: $0) == nil && source.has("config.json", of: $0)
    }.sorted()
  }

  /// Bytes of the weights as they will be.
  package var bytes: Int {
    networks.reduce(0) { sum, network in
      network.weights.tensors.values.reduce(sum) { sum, tensor in
        sum + tensor.byteCount(as: scalarType)
      }
    }
  }

  /// Writes the folder, which appears whole or not at all.
  ///
  /// - Parameters:
  ///   - folder: its path. Nothing may be there, unless it is to be replaced.
  ///   - replacing: whether a folder that is there gives way at the end.
  ///   - report: called before a component's weights are written.
  /// - Throws: `CheckpointError`; for weights too large for half precision too.
  package func write(
    to folder: String, replacing: Bool = false, report: (ModelComponent) -> Void = { _ in }
  ) throws {
    let folder = folder.count > 1 && folder.hasSuffix("/") ? String(folder.dropLast()) : folder
    if FileManager.default.fileExists(atPath: folder) {
      guard replacing else { throw CheckpointError(.unreadable, in: folder, "it is there already") }
      guard FileManager.default.fileExists(atPath: "\(folder)/model_index.json") else {
        throw CheckpointError(.unreadable, in: folder, "it is there already, and is no model to be replaced")
      }
    }
    try checkSpace(beside: folder)
    do {
      try AtomicFolder(URL(filePath: folder)).write(replacing: replacing) { draft in
        let draft = FilePath(draft).string
        try writeSettings(to: draft)
        for (component, weights) in networks {
          report(component)
          try makeFolder("\(draft)/\(component.rawValue)")
          var weights = weights
          // transformers refuses a file that does not say so.
          weights.metadata = ["format": "pt"]
          try weights.write(
            into: "\(draft)/\(component.rawValue)", stem: component.weightsStem, as: scalarType,
            shardBytes: shardBytes)
        }
      }
    } catch let error as FileError {
      throw CheckpointError(error, in: folder)
    }
  }

  private func checkSpace(beside folder: String) throws {
    let parent = FilePath(folder).removingLastComponent()
    let system = FileSystem()
    try system.createFolder(parent.isEmpty ? "." : parent)
    let available = try system.availableSpace(parent.isEmpty ? "." : parent)
    guard bytes <= available else {
      throw CheckpointError(
        .noSpace, in: folder, "\(bytes / 1_000_000) MB are needed, \(available / 1_000_000) MB are free")
    }
  }

  private func makeFolder(_ path: String) throws { try FileSystem().createFolder(FilePath(path)) }

  private func writeSettings(to folder: String) throws {
    for (path, data) in try publishedSettings().merging(ownSettings(), uniquingKeysWith: { $1 }) {
      try write(data, to: "\(folder)/\(path)")
    }
  }

  /// What a single file comes without, as published; by paths in the folder.
  private func publishedSettings() throws -> [String: Data] {
    guard let published = model.published else { return [:] }
    // There may be none to be published with.
    _ = try model.schedule
    let texts =
      published.kind == .paintByExample ? PaintByExampleFiles.texts : StableDiffusionFiles.texts(published)
    var files = texts.mapValues { Data($0.utf8) }
    if published.textEncoder != nil {
      _ = try model.tokenizer()
      for name in ModelFolder.tokenizerFiles where isPresent("\(model.tokenizerFolder!)/\(name)") {
        files["tokenizer/\(name)"] = try Data(ofFile: URL(filePath: "\(model.tokenizerFolder!)/\(name)"))
      }
    }
    return files
  }

  /// The model's own, its card among them; by paths in the folder.
  private func ownSettings() throws -> [String: Data] {
    guard let source else { return [:] }
    var files = ["model_index.json": try index(source)]
    files["README.md"] = try? Data(ofFile: URL(filePath: "\(source.path)/README.md"))
    for component in source.components.keys where !leftOut.contains(component) {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: source.file("", of: component))) ?? []
      // What is no list of shards, which the new file replaces.
      for name in names where (name.hasSuffix(".json") && !name.contains(".index.")) || name.hasSuffix(".txt")
      {
        let path = source.file(name, of: component)
        guard let data = settings["\(component)/\(name)"] ?? (try? Data(ofFile: URL(filePath: path))) else {
          throw CheckpointError(.unreadable, in: path, "cannot be read")
        }
        files["\(component)/\(name)"] = data
      }
    }
    return files
  }

  /// The index, in which components that are left out are null.
  private func index(_ source: ModelFolder) throws(CheckpointError) -> Data {
    let path = "\(source.path)/model_index.json"
    guard let data = try? Data(ofFile: URL(filePath: path)),
      var index = try? JSONParser.parse(data, file: path).root.object
    else { throw CheckpointError(.notJSON, in: path, "cannot be read") }
    for component in leftOut { index[component] = [.null, .null] }
    if let schedule = settings["scheduler/scheduler_config.json"],
      let name = try? JSONParser.parse(schedule, file: path).root.object?["_class_name"]
    {
      index["scheduler"] = ["diffusers", name]
    }
    return Data(JSONWriter.pretty(.object(index)).utf8)
  }

  private func write(_ data: Data, to path: String) throws {
    try makeFolder((path as NSString).deletingLastPathComponent)
    try FileSystem().create(FilePath(path), data)
  }
}

/// All weights of a model that do not fit its networks.
package struct ModelMismatch: Error, Sendable, CustomStringConvertible {
  /// What is wrong, by component.
  package let components: [WeightMismatch]
  /// A paragraph for each component.
  package var description: String { components.map(\.description).joined(separator: "\n") }
}

extension ModelComponent {
  /// What diffusers and transformers call the file, without its ending.
  fileprivate var weightsStem: String {
    switch self {
    case .unet, .autoencoder: "diffusion_pytorch_model"
    case .imageEncoder, .textEncoder: "model"
    }
  }
}

public import Foundation

/// Finds plugins and adds their stages to a registry.
public struct PluginLoader: Sendable {
  /// The environment that external programs are given part of.
  public let environment: [String: String]

  /// A loader whose external programs see parts of this environment.
  public init(environment: [String: String] = ProcessInfo.processInfo.environment) {
    self.environment = environment
  }

  /// What `$PIPELINE_PLUGINS` names: files and folders, separated by colons.
  public var standardPaths: [String] {
    (environment["PIPELINE_PLUGINS"] ?? "").split(separator: ":").map(String.init)
  }

  /// Adds the stages of plugins to a registry.
  ///
  /// - Parameter paths: manifests (`*.plugin.json`), dynamic libraries (`*.so`, `*.dylib`), and folders that hold such,
  ///   themselves or one level below.
  /// - Throws: ``InvalidDocument`` with the faults of every manifest, ``UnusablePlugin``, ``UnreadableDocument``.
  public func load(_ paths: [String], into registry: inout Registry) throws {
    let files = try paths.flatMap(files(at:))
    // Libraries first: manifests may have ports of the types they bring.
    for file in files where !Self.isManifest(file) {
      // Read first: what is no ordinary file is refused here, where the loader would wait.
      let digest = try ContentDigest(ofFile: URL(filePath: file))
      let plugin = try PluginLibrary.load(URL(filePath: file), named: file)
      for type in plugin.types { try add(type, from: file, to: &registry) }
      for stage in plugin.stages {
        try add(
          StageDefinition(stage, origin: .library(file)).implemented(by: digest), from: file, to: &registry)
      }
    }
    var faults: [Diagnostic] = []
    for file in files where Self.isManifest(file) {
      do {
        let program = try ExternalProgram(
          manifest: URL(filePath: file), named: file, types: registry.types.keys)
        try add(
          program.definition(types: registry.types, environment: environment), from: file, to: &registry)
      } catch let invalid as InvalidDocument {
        faults += invalid.diagnostics
      }
    }
    guard faults.isEmpty else { throw InvalidDocument(faults) }
  }

  private func add(_ definition: StageDefinition, from file: String, to registry: inout Registry) throws {
    let name = definition.descriptor.name
    if let taken = registry.stages[name] {
      throw UnusablePlugin(
        plugin: file,
        reason: "its stage '\(name)' has the name of one from "
          + (taken.descriptor.origin.phrase ?? "this program"),
        advice: "rename one of them")
    }
    let ports = definition.descriptor.inputs + definition.descriptor.outputs
    if let port = ports.first(where: { registry.types[$0.type] == nil }) {
      throw UnusablePlugin(
        plugin: file, reason: "its stage '\(name)' has a port of the unknown type '\(port.type)'",
        advice: "offer the type with the stage")
    }
    try registry.register(definition)
  }

  private func add(_ type: PortTypeDefinition, from file: String, to registry: inout Registry) throws {
    guard registry.types[type.type] == nil else {
      throw UnusablePlugin(
        plugin: file, reason: "its port type '\(type.type)' exists already", advice: "rename it")
    }
    registry.register(type)
  }

  // MARK: Files

  private static func isManifest(_ file: String) -> Bool { file.hasSuffix(ExternalProgram.manifestSuffix) }

  private static func isLibrary(_ file: String) -> Bool { file.hasSuffix(".so") || file.hasSuffix(".dylib") }

  /// The plugin at a path, or those in a folder, by name.
  private func files(at path: String) throws -> [String] {
    switch isFolder(path) {
    case nil: throw UnreadableDocument(file: path, reason: "there is no such file")
    case true?:
      return try contents(of: path).flatMap { item in
        isFolder(item) == true ? try contents(of: item) : [item]
      }.filter { isFolder($0) == false && (Self.isManifest($0) || Self.isLibrary($0)) }
    case false?:
      guard Self.isManifest(path) || Self.isLibrary(path) else {
        throw UnusablePlugin(
          plugin: path,
          reason: "its name ends neither in \(ExternalProgram.manifestSuffix) nor in .so or .dylib")
      }
      return [path]
    }
  }

  private func isFolder(_ path: String) -> Bool? {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) ? isFolder.boolValue : nil
  }

  private func contents(of folder: String) throws -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: folder).sorted().map { "\(folder)/\($0)" }
    } catch {
      throw UnreadableDocument(file: folder, reason: error.localizedDescription)
    }
  }
}

extension StageDefinition {
  /// The definition, known to be made by a file of that content.
  fileprivate func implemented(by digest: ContentDigest) -> StageDefinition {
    var descriptor = descriptor
    descriptor.implementation = digest
    return StageDefinition(descriptor, make: make)
  }
}

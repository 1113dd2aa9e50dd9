public import Foundation

/// A pipeline document of format 1, read but not yet held against the registry.
public struct PipelineDocument: Sendable {
  /// The text it was read from.
  public let source: JSONDocument
  /// The folder its relative paths start from, and may not leave.
  public let folder: URL
  /// Its parameters by name.
  public let params: [String: ParameterDescriptor]
  /// Values of params that go together, by name.
  public let presets: [String: Preset]
  /// The inputs it declares for being run as a stage.
  public let inputs: [String: PortType]
  /// Its stages by id.
  public let stages: [String: StageDeclaration]
  /// Its outputs by name.
  public let outputs: [String: Link]
}

/// Values of a document's params under one name: a way to run it.
public struct Preset: Sendable, Hashable {
  /// Values by param; those that it does not name keep their defaults.
  public var params: [String: JSONValue]
  /// What it is for, and what is known of the time it takes and how far its results are from the exact ones.
  public var help: String

  /// Values under one name.
  public init(params: [String: JSONValue], help: String = "") {
    (self.params, self.help) = (params, help)
  }
}

/// One stage as a document declares it.
public struct StageDeclaration: Sendable, Hashable {
  /// A stage's name, perhaps with `@version`, or the path of a document.
  public var use: String
  /// Links by input port.
  public var links: [String: [Link]]
  /// Literals and `{"$param": name}` by parameter.
  public var settings: [String: JSONValue]

  /// One stage.
  public init(use: String, links: [String: [Link]] = [:], settings: [String: JSONValue] = [:]) {
    self.use = use
    self.links = links
    self.settings = settings
  }

  /// What `use` names, without a version.
  public var name: String { String(use.prefix { $0 != "@" }) }

  /// Whether `use` names a document rather than a stage.
  package var usesDocument: Bool { use.hasPrefix("./") || use.hasPrefix("../") || use.hasSuffix(".json") }
}

public import Foundation

/// A pipeline document of format 1, read but not yet held against the registry.
public struct PipelineDocument: Sendable {
  /// The text it was read from.
  public let source: JSONDocument
  /// The folder its relative paths start from, and may not leave.
  public let folder: URL
  /// Its parameters by name.
  public let params: [String: ParameterDescriptor]
  /// The inputs it declares for being run as a stage.
  public let inputs: [String: PortType]
  /// Its stages by id.
  public let stages: [String: StageDeclaration]
  /// Its outputs by name.
  public let outputs: [String: Link]
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
  var usesDocument: Bool { use.hasPrefix("./") || use.hasPrefix("../") || use.hasSuffix(".json") }
}

public import Foundation

/// What a parameter is set to, once a document and its caller have been read.
///
/// A path or a resource is never text: so a string that happens to look like a path gains no rights, and what a name
/// stands for travels with it.
public enum Setting: Sendable, Hashable {
  /// A value as it stands in JSON.
  case value(JSONValue)
  /// A file to read or to write.
  case path(BoundPath)
  /// Something outside the document that goes by a name: a model.
  case resource(BoundResource)
  /// A list with paths or resources in it.
  case list([Setting])
}

extension Setting {
  /// No value.
  public static let null = Setting.value(.null)

  /// The elements in order: a list of plain values is one of settings, too.
  public var elements: [Setting]? {
    switch self {
    case .list(let elements): elements
    case .value(.array(let values)): values.map(Setting.value)
    default: nil
    }
  }

  /// The value, where it is a plain one.
  public var plain: JSONValue? { if case .value(let value) = self { value } else { nil } }

  /// The paths of files in it.
  var paths: [BoundPath] {
    switch self {
    case .path(let path): [path]
    case .list(let elements): elements.flatMap(\.paths)
    default: []
    }
  }

  /// A list, as plain as its elements are.
  init(_ elements: [Setting]) {
    let values = elements.compactMap(\.plain)
    self = values.count == elements.count ? .value(.array(values)) : .list(elements)
  }

  /// The setting as a document writes it: paths and names as their author wrote them.
  public var json: JSONValue { json { $0.written } }

  /// The setting as JSON, paths and resources as that text.
  func json(_ text: (BoundPath) -> String) -> JSONValue {
    switch self {
    case .value(let value): value
    case .path(let path): .string(text(path))
    case .resource(let resource): .string(text(resource.path))
    case .list(let elements): .array(elements.map { $0.json(text) })
    }
  }
}

/// The value of a parameter of kind `resource`, as stages get it.
public struct BoundResource: Sendable, Hashable {
  /// The name or the path as written, with the rights that it has.
  var path: BoundPath
  /// What of it enters the fingerprint; nil before a plan has found it.
  var identity: JSONValue?

  init(_ path: BoundPath, identity: JSONValue? = nil) {
    self.path = path
    self.identity = identity
  }

  /// A resource that has been found: for stages that are made without a plan.
  public init(name: String, location: URL?) {
    path = BoundPath(name, in: URL(filePath: "/"), isConfined: false, location: location)
  }

  /// The resource's name, or its path as its author wrote it.
  public var name: String { path.written }
  /// Where it lies; nil for one that is no file, and before a plan has found it.
  public var location: URL? { path.location }
}

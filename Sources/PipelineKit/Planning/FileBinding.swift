import Foundation

/// Ties the paths of a run to files: checks that each may be named, that files to read are there and that no two
/// stages write to one place, and takes the digests of what is read.
struct FileBinding {
  /// How far files are looked at.
  enum Depth {
    /// Whether a path may be named, and no more.
    case names
    /// Whether files to read are there.
    case presence
    /// What is in them.
    case contents
  }

  private let policy: PathPolicy
  private let request: PlanRequest
  private let depth: Depth
  private var digests: [URL: ContentDigest] = [:]
  /// Which node writes to each place.
  private var writers: [URL: String] = [:]
  private(set) var faults: [Diagnostic] = []
  /// Resources that are not on this machine.
  private(set) var missing: [any Error] = []

  init(root: URL, request: PlanRequest, depth: Depth) {
    policy = PathPolicy(root: root, allowed: request.permissions.folders)
    self.request = request
    self.depth = depth
  }

  /// The node with every path absolute and checked.
  mutating func bind(_ node: Node) -> Node {
    var node = node
    for parameter in node.descriptor.parameters where parameter.kind.isPath {
      guard let value = node.settings[parameter.name] else { continue }
      node.settings[parameter.name] = bind(value, parameter, of: node)
    }
    return node
  }

  /// The stage, or nil and a fault when its settings do not fit together.
  mutating func make(_ node: Node) -> (any RunnableStage)? {
    do {
      return try node.definition.make(node.settings)
    } catch {
      faults.append(node.diagnostic(error))
      return nil
    }
  }

  /// The digest of a file that has been bound.
  func digest(of path: BoundPath) -> ContentDigest? { digests[path.url] }

  private mutating func bind(_ value: Setting, _ parameter: ParameterDescriptor, of node: Node) -> Setting {
    do {
      switch value {
      case .value: return value
      case .list(let elements): return .list(elements.map { bind($0, parameter, of: node) })
      case .resource(let resource):
        return try .resource(parameter.kind.resource.map { try find(resource, $0) } ?? resource)
      case .path(let path):
        return try .path(parameter.kind.isOutputPath ? output(path, of: node) : input(path))
      }
    } catch let absent as any MissingResource {
      missing.append(absent)
      return value
    } catch {
      let place =
        node.source?.value(at: node.pointer / "set" / parameter.name) == nil
        ? node.pointer : node.pointer / "set" / parameter.name
      faults.append(node.diagnostic("\(error)", at: place))
      return value
    }
  }

  private mutating func output(_ path: BoundPath, of node: Node) throws -> BoundPath {
    guard !path.isStandardStream else { return path }
    var path = path
    if path.isConfined {
      path.folder = request.outputFolder
      _ = try PathPolicy(root: request.outputFolder, allowed: request.permissions.folders).check(path)
    }
    if let other = writers.updateValue(node.id, forKey: path.url) {
      throw StageFailure("'\(path.written)' is written by '\(other)' too")
    }
    return path
  }

  private mutating func input(_ path: BoundPath) throws -> BoundPath {
    var path = path
    if let location = request.locations[path.written] {
      path.location = location
    } else if path.isStandardStream {
      guard depth == .contents else { return path }
      path.location = try request.standardInput()
    }
    let url = try path.location ?? policy.check(path)
    guard depth != .names, digests[url] == nil else { return path }
    try Self.checkPresence(of: url, written: path.written)
    if depth == .contents { digests[url] = try ContentDigest(ofFile: url) }
    return path
  }

  private func find(_ resource: BoundResource, _ kind: String) throws -> BoundResource {
    guard depth == .contents else { return resource }
    let path = resource.path
    guard let finder = request.finders[kind] else {
      throw InternalFault("this program does not know where to find a \(kind)")
    }
    let found = try finder.find(path.written) {
      try request.locations[path.written] ?? policy.check(path)
    }
    return BoundResource(
      BoundPath(found.name, in: path.folder, isConfined: path.isConfined, location: found.location),
      identity: found.identity)
  }

  private static func checkPresence(of url: URL, written: String) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: url.path(percentEncoded: false), isDirectory: &isFolder)
    else {
      throw UnreadableDocument(file: written, reason: "no such file")
    }
    guard !isFolder.boolValue else { throw UnreadableDocument(file: written, reason: "it is a folder") }
  }
}

extension ParameterKind {
  /// The kind of resource that values name.
  var resource: String? {
    switch self {
    case .resource(let name, _): name
    case .array(let element, _): element.resource
    case .optional(let kind): kind.resource
    default: nil
    }
  }

  var isOutputPath: Bool {
    switch self {
    case .outputFile: true
    case .array(let element, _): element.isOutputPath
    case .optional(let kind): kind.isOutputPath
    default: false
    }
  }
}

import Foundation

/// Ties the paths of a run to files: checks that each may be named and that files to read are there, and takes the
/// digests of what is read.
struct FileBinding {
  private let policy: PathPolicy
  private let request: PlanRequest
  private var digests: [URL: ContentDigest] = [:]
  private(set) var faults: [Diagnostic] = []

  init(root: URL, request: PlanRequest) {
    policy = PathPolicy(root: root, allowed: request.permissions.folders)
    self.request = request
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

  private mutating func bind(_ value: JSONValue, _ parameter: ParameterDescriptor, of node: Node) -> JSONValue
  {
    if case .array(let values) = value { return .array(values.map { bind($0, parameter, of: node) }) }
    guard let path = BoundPath(value) else { return value }
    do {
      return try parameter.kind.isOutputPath ? output(path).json : input(path).json
    } catch {
      let place =
        node.source?.value(at: node.pointer / "set" / parameter.name) == nil
        ? node.pointer : node.pointer / "set" / parameter.name
      faults.append(node.diagnostic("\(error)", at: place))
      return value
    }
  }

  private func output(_ path: BoundPath) throws -> BoundPath {
    guard path.isConfined, !path.isStandardStream else { return path }
    let moved = BoundPath(path.written, in: request.outputFolder, isConfined: true)
    _ = try PathPolicy(root: request.outputFolder, allowed: request.permissions.folders).check(moved)
    return moved
  }

  private mutating func input(_ path: BoundPath) throws -> BoundPath {
    var path = path
    if let location = request.locations[path.written] {
      path.location = location
    } else if path.isStandardStream {
      path.location = try request.standardInput()
    }
    let url = try path.location ?? policy.check(path)
    if digests[url] == nil { digests[url] = try Self.digest(of: url, written: path.written) }
    return path
  }

  private static func digest(of url: URL, written: String) throws -> ContentDigest {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: url.path(percentEncoded: false), isDirectory: &isFolder)
    else {
      throw UnreadableDocument(file: written, reason: "no such file")
    }
    guard !isFolder.boolValue else { throw UnreadableDocument(file: written, reason: "it is a folder") }
    return try ContentDigest(ofFile: url)
  }
}

extension ParameterKind {
  var isOutputPath: Bool {
    switch self {
    case .outputFile: true
    case .array(let element, _): element.isOutputPath
    case .optional(let kind): kind.isOutputPath
    default: false
    }
  }
}

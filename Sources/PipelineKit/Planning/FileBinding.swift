import Foundation
import Foundations
import SystemPackage

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
  /// The folders of the files that are written, and whether they are made where they are not there.
  private(set) var outputFolders: [URL: Bool] = [:]
  private var standardOutputWriter: String?
  private(set) var faults: [Diagnostic] = []
  /// Resources that are not on this machine.
  private(set) var missing: [any MissingResource] = []

  init(root: URL, request: PlanRequest, depth: Depth) {
    policy = PathPolicy(root: root, allowed: request.permissions.folders)
    self.request = request
    self.depth = depth
  }

  /// The node with every path absolute and checked.
  mutating func bind(_ node: FlatStage) -> FlatStage {
    var node = node
    for parameter in node.descriptor.parameters where parameter.kind.isPath {
      guard let value = node.settings[parameter.name] else { continue }
      node.settings[parameter.name] = bind(value, parameter, of: node)
    }
    return node
  }

  /// The stage, or nil and a fault when its settings do not fit together.
  mutating func make(_ node: FlatStage) -> (any RunnableStage)? {
    do {
      return try node.definition.make(node.settings)
    } catch {
      faults.append(node.diagnostic(error))
      return nil
    }
  }

  /// The digest of a file that has been bound.
  func digest(of path: BoundPath) -> ContentDigest? { digests[path.url] }

  private mutating func bind(_ value: Setting, _ parameter: ParameterDescriptor, of node: FlatStage)
    -> Setting
  {
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

  private mutating func output(_ path: BoundPath, of node: FlatStage) throws -> BoundPath {
    if let allowed = request.writers, !allowed.contains(node.id) {
      // A sink's result is made and not handed over; what another stage does with a path nobody can hold back.
      guard node.descriptor.isSink else {
        throw StageFailure("it would write '\(path.written)', which was not asked for")
      }
      return path
    }
    if path.isStandardStream {
      defer { standardOutputWriter = node.id }
      guard let standardOutputWriter else { return path }
      throw StageFailure("'\(standardOutputWriter)' goes to standard output already")
    }
    var path = path
    if path.isConfined {
      path.folder = request.outputFolder
      _ = try PathPolicy(root: request.outputFolder, allowed: request.permissions.folders).check(path)
    }
    if let other = writers.updateValue(node.id, forKey: path.url) {
      throw StageFailure("'\(path.written)' is written by '\(other)' too")
    }
    let folder = path.url.deletingLastPathComponent()
    outputFolders[folder] = path.isConfined || outputFolders[folder] == true
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
    if depth == .contents { digests[url] = try digest(of: url) }
    return path
  }

  /// The file's digest, or that of the file and of those it refers to.
  private func digest(of url: URL) throws -> ContentDigest {
    let digest = try request.digests?.digest(of: url) ?? ContentDigest(ofFile: url)
    let others = try request.references(url)
    if others.isEmpty { return digest }
    // Without their names, which the file says.
    let all = try [digest] + others.map { try request.digests?.digest(of: $0) ?? ContentDigest(ofFile: $0) }
    return ContentDigest(of: JSONWriter.canonical(.array(all.map { .string($0.description) })))
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
    guard try FileSystem().status(FilePath(url), followingLink: true)?.type == .regular else {
      throw UnreadableDocument(file: written, reason: FileError.Reason.isNotRegularFile.description)
    }
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

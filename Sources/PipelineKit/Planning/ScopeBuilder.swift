import Foundation

/// Opens a document and all documents it runs as stages, and finds what each `use` names.
struct ScopeBuilder {
  let registry: Registry
  let request: PlanRequest
  let paths: PathPolicy
  var faults: [Diagnostic] = []
  /// What was said but is no fault.
  var remarks: [String] = []
  /// Whether stages wait for each other.
  private(set) var hasCycle = false
  private var unusedSwaps: Set<String>
  private var documents = 0
  private var stages = 0
  /// Documents that were read, by file and by what they are called in messages; nil for one whose faults are said.
  private var known: [DocumentKey: PipelineDocument?] = [:]

  private struct DocumentKey: Hashable {
    var file: URL
    var name: String
  }

  /// The most documents that may be run as stages, so that a few that run each other many times come to an end.
  private static let maximumDocuments = 2000
  /// The most documents within each other: each takes its part of the stack.
  private static let maximumDepth = 64
  /// The most stages of all documents together, each counted as often as its document is used: some hundred megabytes
  /// of plan.
  private static let maximumStages = 100_000

  init(registry: Registry, request: PlanRequest, paths: PathPolicy) {
    self.registry = registry
    self.request = request
    self.paths = paths
    unusedSwaps = Set(request.swaps.keys)
  }

  /// The tree of documents, checked as far as one document alone can be.
  mutating func build(_ document: PipelineDocument) -> Scope {
    let file = URL(filePath: document.source.file).lastPathComponent
    stages = document.stages.count
    guard stages <= Self.maximumStages else {
      faults.append(document.source.diagnostic(Self.tooManyStages, at: .root / "stages"))
      return Scope(document, path: "")
    }
    let root = scope(
      document, path: "",
      enclosing: [document.folder.appending(path: file, directoryHint: .notDirectory).standardizedFileURL])
    for id in unusedSwaps.sorted() {
      faults.append(
        Diagnostic(
          "--swap \(id)=\(request.swaps[id]!): there is no stage '\(id)'", at: .root,
          suggestion: nearestName(to: id, among: root.allIDs)))
    }
    return root
  }

  private mutating func scope(_ document: PipelineDocument, path: String, enclosing: [URL]) -> Scope {
    let scope = Scope(document, path: path)
    for id in document.stages.keys.sorted() {
      let fullID = scope.fullID(id)
      let swap = request.swaps[fullID]
      if let swap {
        unusedSwaps.remove(fullID)
        scope.declarations[id]!.use = swap
      }
      if let member = member(id, of: scope, isSwapped: swap != nil, enclosing: enclosing) {
        scope.members[id] = member
        if swap != nil { fit(id, of: scope, to: member.descriptor) }
      }
    }
    checkCycles(scope)
    return scope
  }

  private mutating func member(_ id: String, of scope: Scope, isSwapped: Bool, enclosing: [URL])
    -> Scope.Member?
  {
    let use = scope.declarations[id]!.use
    if scope.declarations[id]!.usesDocument {
      return document(use, id: id, of: scope, isSwapped: isSwapped, enclosing: enclosing)
    }
    let parts = use.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts[0])
    guard let definition = registry.stages[name] else {
      fault(
        "there is no stage '\(name)'", scope, id, expected: "a stage that `pipeline-run stages` lists",
        suggestion: nearestName(to: name, among: Array(registry.stages.keys)))
      return nil
    }
    if parts.count == 2, Int(parts[1]) != definition.descriptor.version {
      fault(
        "'\(use)' is not to be had", scope, id, expected: "\(name)@\(definition.descriptor.version)")
      return nil
    }
    return .stage(definition)
  }

  private mutating func document(
    _ use: String, id: String, of scope: Scope, isSwapped: Bool, enclosing: [URL]
  ) -> Scope.Member? {
    let bound =
      isSwapped
      ? BoundPath(use, in: request.workingFolder, isConfined: false)
      : BoundPath(use, in: scope.document.folder, isConfined: true)
    do {
      let url = try paths.check(bound).standardizedFileURL
      guard !enclosing.contains(url) else {
        fault(
          "'\(use)' runs itself: " + (enclosing + [url]).map(\.lastPathComponent).joined(separator: " → "),
          scope, id)
        return nil
      }
      guard enclosing.count <= Self.maximumDepth else {
        throw StageFailure("documents would be run more than \(Self.maximumDepth) deep within each other")
      }
      // Said once: whatever comes after would only be too many as well.
      guard !isTooLarge else { return nil }
      documents += 1
      guard let document = try read(url, named: isSwapped ? use : scope.name(of: use)) else { return nil }
      stages += document.stages.count
      guard documents <= Self.maximumDocuments else {
        throw StageFailure("more than \(Self.maximumDocuments) documents would be run as stages")
      }
      guard stages <= Self.maximumStages else { throw StageFailure(Self.tooManyStages) }
      let child = self.scope(document, path: scope.fullID(id), enclosing: enclosing + [url])
      return .document(child, child.descriptor(origin: use))
    } catch {
      let folder = request.workingFolder.path(percentEncoded: false)
      fault(isSwapped ? "--swap \(scope.fullID(id))=\(use) in \(folder): \(error)" : "\(error)", scope, id)
    }
    return nil
  }

  private var isTooLarge: Bool { documents > Self.maximumDocuments || stages > Self.maximumStages }

  private static var tooManyStages: String {
    "all documents together would have more than \(maximumStages) stages"
  }

  /// The document of a file, which is read once however often it is used; nil for one with faults.
  private mutating func read(_ file: URL, named name: String) throws -> PipelineDocument? {
    let key = DocumentKey(file: file, name: name)
    if let document = known[key] { return document }
    do {
      let document = try PipelineDocument(contentsOf: file, named: name)
      known[key] = document
      return document
    } catch let invalid as InvalidDocument {
      faults += invalid.diagnostics
      known.updateValue(nil, forKey: key)
      return nil
    }
  }

  /// After a swap, settings and links that the replacement does not know are left out, and that is said.
  private mutating func fit(_ id: String, of scope: Scope, to descriptor: StageDescriptor) {
    var declaration = scope.declarations[id]!
    for name in declaration.settings.keys.sorted() where descriptor.parameter(name) == nil {
      declaration.settings[name] = nil
      remarks.append(
        "\(scope.fullID(id)): '\(descriptor.name)' has no parameter '\(name)'; its setting is left out")
    }
    for port in declaration.links.keys.sorted() where descriptor.input(port) == nil {
      declaration.links[port] = nil
      remarks.append("\(scope.fullID(id)): '\(descriptor.name)' has no input '\(port)'; its link is left out")
    }
    scope.declarations[id] = declaration
  }

  private mutating func checkCycles(_ scope: Scope) {
    var links: [String: [String]] = [:]
    for (id, declaration) in scope.declarations {
      links[id] = Set(declaration.links.values.joined().map(\.stage)).filter { scope.declarations[$0] != nil }
        .sorted()
    }
    guard let cycle = Cycle.first(in: links) else { return }
    hasCycle = true
    let path = cycle.joined(separator: " → ")
    let pointer = JSONPointer.root / "stages" / cycle[0] / "in"
    faults.append(scope.document.source.diagnostic("the stages wait for each other: \(path)", at: pointer))
  }

  private mutating func fault(
    _ message: String, _ scope: Scope, _ id: String, expected: String? = nil, suggestion: String? = nil
  ) {
    faults.append(
      scope.document.source.diagnostic(
        message, at: .root / "stages" / id / "use", expected: expected, suggestion: suggestion))
  }
}

extension Scope {
  /// What the user calls a document that this one names.
  fileprivate func name(of use: String) -> String {
    guard !use.hasPrefix("/"), let end = document.source.file.lastIndex(of: "/") else { return use }
    return document.source.file[...end] + (use.hasPrefix("./") ? String(use.dropFirst(2)) : use)
  }

  /// The ids of all stages in this document and those below it.
  var allIDs: [String] {
    declarations.keys.flatMap { id -> [String] in
      if case .document(let child, _)? = members[id] { return [fullID(id)] + child.allIDs }
      return [fullID(id)]
    }.sorted()
  }
}

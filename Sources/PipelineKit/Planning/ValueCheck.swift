import Foundation

/// Tells quickly whether a request that differs from another only in values has no fault either: of all stages, only those
/// that such a value reaches are looked at. For whoever checks a million requests.
///
/// It says no more than that. Where a value is wrong, or is of a kind that it does not follow, the request has to be
/// validated as a whole, which finds the words for what is wrong.
package struct ValueCheck {
  /// Something that a request sets to another value.
  package enum Target: Hashable, Sendable {
    case param(String)
    case input(String)
    case setting(stage: String, key: String)
  }

  private let request: PlanRequest
  private let root: Scope
  private let nodes: [String: FlatStage]
  /// The values of the params of each document, by its path.
  private let params: [String: [String: Setting]]
  /// Which stages of a document refer to each of its params, by its path.
  private let users: [String: [String: [String]]]
  /// Hashes of settings that stages were made with.
  private var known: Set<Int> = []

  /// - Returns: nil where the request has a fault itself.
  package init?(_ planner: Planner, _ document: PipelineDocument, _ request: PlanRequest) {
    guard (try? planner.validate(document, request)) != nil else { return nil }
    var builder = ScopeBuilder(
      registry: planner.registry, request: request,
      paths: PathPolicy(root: document.folder, allowed: request.permissions.folders))
    root = builder.build(document)
    var expansion = Expansion(
      registry: planner.registry, request: request, leavesOpen: true, followsLinks: false)
    expansion.expand(root)
    var files = FileBinding(root: document.folder, request: request, depth: .names)
    (self.request, nodes, params) = (request, expansion.nodes.mapValues { files.bind($0) }, expansion.params)
    var users: [String: [String: [String]]] = [:]
    root.forEach { scope in
      for (id, declaration) in scope.declarations {
        for name in Set(declaration.settings.values.flatMap(\.paramNames)) {
          users[scope.path, default: [:]][name, default: []].append(id)
        }
      }
    }
    self.users = users
  }

  /// Whether the request is certainly without fault when these have these values.
  package mutating func accepts(_ values: [(target: Target, value: PlanRequest.GivenValue)]) -> Bool {
    var changed: [String: Setting] = [:]
    var settings: [String: [String: Setting]] = [:]
    for (target, value) in values {
      switch target {
      case .param(let name):
        guard let own = request.params[name] else { return false }
        guard own != value else { continue }
        guard let kind = root.document.params[name]?.kind,
          let value = setting(value, kind)
        else { return false }
        changed[name] = value
      case .input(let name):
        guard let own = request.inputs[name], case .text(let text) = value else { return false }
        guard own != text else { continue }
        settings["\(Link.documentInputs)/\(name)", default: [:]]["path"] =
          .path(BoundPath(text, in: request.workingFolder, isConfined: false))
      case .setting(let stage, let key):
        guard let own = request.settings[stage]?[key] else { return false }
        guard own != value else { continue }
        guard let node = nodes[stage],
          let kind = node.descriptor.parameter(key)?.kind, node.descriptor.parameter(key)?.name == key,
          let value = setting(value, kind)
        else { return false }
        settings[stage, default: [:]][key] = value
      }
    }
    // What is set at a stage stands before what its param would give.
    guard spread(changed, in: root, to: &settings) else { return false }
    for (id, changes) in settings {
      var hasher = Hasher()
      hasher.combine(id)
      hasher.combine(changes)
      let mark = hasher.finalize()
      if known.contains(mark) { continue }
      guard accepts(changes, at: id) else { return false }
      known.insert(mark)
    }
    return true
  }

  /// The value as the planner would bind it; nil for one with a fault, and for lists and objects.
  private func setting(_ given: PlanRequest.GivenValue, _ kind: ParameterKind) -> Setting? {
    let value: JSONValue
    switch given {
    case .json(let json): value = json
    case .text(let text):
      guard let read = try? kind.value(ofText: text) else { return nil }
      value = read
    }
    guard value.array == nil, value.object == nil, kind.faults(of: .value(value)).isEmpty else { return nil }
    return Binding.bind(.value(value), kind: kind, in: request.workingFolder, isConfined: false)
  }

  /// Follows changed params of a document to the stages that they reach.
  private func spread(
    _ changed: [String: Setting], in scope: Scope, to settings: inout [String: [String: Setting]]
  ) -> Bool {
    guard !changed.isEmpty else { return true }
    let reached = Set(changed.keys.flatMap { users[scope.path]?[$0] ?? [] })
    guard !reached.isEmpty else { return true }
    let values = (params[scope.path] ?? [:]).merging(changed) { $1 }
    var binding = Binding(document: scope.document, params: values)
    for id in reached {
      guard let member = scope.members[id], let declaration = scope.declarations[id] else { return false }
      let given = request.settings[scope.fullID(id)] ?? [:]
      var own: [String: Setting] = [:]
      for (name, literal) in declaration.settings
      where literal.paramNames.contains(where: { changed[$0] != nil }) {
        guard let parameter = member.descriptor.parameter(name) else { return false }
        guard given[parameter.name] == nil else { continue }
        guard let value = binding.value(of: literal, kind: parameter.kind, at: .root), binding.faults.isEmpty
        else { return false }
        own[parameter.name] = value
      }
      if case .document(let child, _) = member {
        guard spread(own, in: child, to: &settings) else { return false }
      } else {
        settings[scope.fullID(id), default: [:]].merge(own) { first, _ in first }
      }
    }
    return true
  }

  private func accepts(_ changes: [String: Setting], at id: String) -> Bool {
    guard var node = nodes[id] else { return false }
    // Where a file goes depends on what other stages write.
    guard !changes.keys.contains(where: { node.descriptor.parameter($0)?.kind.isOutputPath != false }) else {
      return false
    }
    var files = FileBinding(root: root.document.folder, request: request, depth: .names)
    var changed = node
    changed.settings = changes
    node.settings.merge(files.bind(changed).settings) { $1 }
    if node.isComplete { _ = files.make(node) }
    return files.faults.isEmpty
  }
}

extension Scope {
  /// Calls `body` with this document and all those below it.
  fileprivate func forEach(_ body: (Scope) -> Void) {
    body(self)
    for case .document(let child, _) in members.values { child.forEach(body) }
  }
}

extension JSONValue {
  /// The params that a setting refers to.
  fileprivate var paramNames: Set<String> {
    switch self {
    case .object(let members):
      if let name = members["$param"]?.string { return [name] }
      return members.values.reduce(into: []) { $0.formUnion($1.paramNames) }
    case .array(let values): return values.reduce(into: []) { $0.formUnion($1.paramNames) }
    default: return []
    }
  }
}

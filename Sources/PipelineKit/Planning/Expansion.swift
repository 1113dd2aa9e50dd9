import Foundation

/// Turns a tree of documents into nodes: checks every link and setting, follows links through the documents between,
/// and collects every fault.
struct Expansion {
  let registry: Registry
  let request: PlanRequest
  /// Whether params and inputs without a value are left open rather than faults.
  let leavesOpen: Bool
  /// Whether links are followed to the nodes they lead to; not where stages wait for each other.
  let followsLinks: Bool
  var nodes: [String: FlatStage] = [:]
  var faults: [Diagnostic] = []
  /// What was said but is no fault.
  var remarks: [String] = []
  /// Where the root document's outputs come from.
  var outputs: [String: (source: FlatStage.Source, type: PortType)] = [:]
  /// The same for the stage or document that the caller wants to go no further than, as `stage.port`.
  var outputsOfLast: [String: (source: FlatStage.Source, type: PortType)] = [:]
  /// The ids of all stages, also of those that are documents or have a fault.
  var ids: [String] = []
  /// The values of each document's params, by its path.
  private(set) var params: [String: [String: Setting]] = [:]
  /// What is said about each stage and document, by id.
  var descriptors: [String: StageDescriptor] = [:]
  var unusedSettings: [String: Set<String>]
  /// What the settings of all stages hold so far.
  private var size = SettingSize()

  init(registry: Registry, request: PlanRequest, leavesOpen: Bool, followsLinks: Bool) {
    self.registry = registry
    self.leavesOpen = leavesOpen
    self.followsLinks = followsLinks
    self.request = request
    unusedSettings = request.settings.mapValues { Set($0.keys) }
  }

  mutating func expand(_ root: Scope) {
    ids = root.allIDs
    checkOutputs(of: root)
    let params = rootParams(root)
    bindInputs(of: root)
    expand(root, parents: [], params: params)
    for (name, link) in root.document.outputs {
      if let node = nodes["\(FlatStage.outputs)/\(name)"], let source = node.source {
        faults.append(
          source.diagnostic(
            "the id '\(node.id)' is that of the output '\(name)'", at: node.pointer, key: true))
      }
      guard let source = source(of: link, in: [root]), let type = root.port(of: link)?.type else { continue }
      outputs[name] = (source, type)
    }
    for (id, names) in unusedSettings { for name in names { unknownSetting(id, name) } }
    checkResults(of: root)
  }

  // MARK: Stages

  /// `scopes` is the chain of documents from the root to the one being expanded.
  private mutating func expand(_ scope: Scope, parents: [Scope], params: [String: Setting]) {
    let scopes = parents + [scope]
    self.params[scope.path] = params
    var binding = Binding(document: scope.document, params: params)
    for (id, declaration) in scope.declarations {
      guard let member = scope.members[id] else { continue }
      let descriptor = member.descriptor
      let pointer = JSONPointer.root / "stages" / id
      checkLinks(declaration, of: descriptor, in: scope, at: pointer)
      binding.size = size
      let settings = binding.settings(
        descriptor, declared: declaration.settings, given: given(scope.fullID(id), descriptor), at: pointer,
        folder: member.folder ?? scope.document.folder)
      size = binding.size
      if scope.fullID(id) == request.until {
        for port in descriptor.outputs {
          let source = source(of: Link(stage: id, port: port.name), in: scopes)
          outputsOfLast["\(scope.fullID(id)).\(port.name)"] = source.map { ($0, port.type) }
        }
      }
      switch member {
      case .stage(let definition):
        let node = FlatStage(
          id: scope.fullID(id), definition: definition, settings: settings,
          links: sources(of: declaration, in: scopes), source: scope.document.source, pointer: pointer)
        if nodes.updateValue(node, forKey: node.id) != nil {
          fault("two stages have the id '\(node.id)'", in: scope, at: pointer)
        }
      case .document(let child, _):
        checkOutputs(of: child)
        expand(child, parents: scopes, params: settings)
      }
    }
    faults += binding.faults
    remarks += binding.remarks
  }

  /// Links to stages that are not there get suggestions up to so many faults: comparing every name with every other
  /// takes its time in a large document, and nobody reads on.
  private static let mostSuggestions = 200

  // MARK: Results

  /// The values that are to leave the pipeline: the document's outputs, or those of the last stage asked for.
  var results: [String: (source: FlatStage.Source, type: PortType)] {
    request.until == nil ? outputs : outputsOfLast
  }

  /// The stages that are run for what they write: all, or the last stage asked for or those of the last document.
  var sinks: [String] {
    nodes.values.filter { node in
      guard let until = request.until else { return node.descriptor.isSink }
      if node.id == until { return node.descriptor.isSink || node.descriptor.outputs.isEmpty }
      return node.descriptor.isSink && node.id.hasPrefix(until + "/")
    }.map(\.id)
  }

  private mutating func checkResults(of root: Scope) {
    if let until = request.until, !ids.contains(until) {
      return faults.append(
        Diagnostic(
          "--until \(until): there is no stage '\(until)'", at: .root / "stages",
          suggestion: nearestName(to: until, among: ids)))
    }
    checkNamedOutputs(of: root)
    // Of a stage whose `use` names nothing it is not known whether it writes a file.
    let isWhole = ids.allSatisfy { descriptors[$0] != nil }
    guard isWhole, followsLinks, root.document.outputs.isEmpty || request.until != nil, results.isEmpty,
      sinks.isEmpty
    else {
      return
    }
    fault(
      "nothing leaves this pipeline", in: root, at: .root,
      expected: "\"outputs\": {\"picture\": \"stage.port\"}, or a stage that writes a file")
  }

  // MARK: Links

  private mutating func checkLinks(
    _ declaration: StageDeclaration, of descriptor: StageDescriptor, in scope: Scope, at stage: JSONPointer
  ) {
    for (name, links) in declaration.links {
      let pointer = stage / "in" / name
      guard let port = descriptor.input(name) else {
        let names = descriptor.inputs.map(\.name)
        faults.append(
          scope.document.source.diagnostic(
            "'\(descriptor.name)' has no input '\(name)'", at: pointer, key: true,
            expected: names.isEmpty ? "no inputs" : "one of " + names.joined(separator: ", "),
            suggestion: nearestName(to: name, among: names)))
        continue
      }
      if links.count != 1, !port.arity.takesList {
        fault("the input '\(name)' takes one link", in: scope, at: pointer, expected: "\"stage.port\"")
      }
      for (index, link) in links.enumerated() {
        let isListed = scope.document.source.value(at: pointer)?.array != nil
        check(link, for: port, in: scope, at: isListed ? pointer / "\(index)" : pointer)
      }
    }
    for port in descriptor.inputs
    where port.arity.isRequired && declaration.links[port.name, default: []].isEmpty {
      fault(
        "'\(descriptor.name)' needs the input '\(port.name)'" + (port.help.isEmpty ? "" : ": \(port.help)"),
        in: scope, at: stage, expected: "a link to \(indefinite(port.type))")
    }
  }

  private mutating func check(
    _ link: Link, for port: PortDescriptor, in scope: Scope, at pointer: JSONPointer
  ) {
    guard let source = scope.port(of: link) else {
      return unknownLink(link, for: port, in: scope, at: pointer)
    }
    guard source.type != port.type else { return }
    let mend =
      registry.conversion(from: source.type, to: port.type).map { ", or '\($0)' between the two" } ?? ""
    fault(
      "'\(link)' is \(indefinite(source.type)), and '\(port.name)' takes \(indefinite(port.type))", in: scope,
      at: pointer, expected: "a link to \(indefinite(port.type))" + mend)
  }

  private mutating func unknownLink(
    _ link: Link, for port: PortDescriptor, in scope: Scope, at pointer: JSONPointer
  ) {
    if link.stage == Link.documentInputs {
      fault(
        "the document declares no input '\(link.port)'", in: scope, at: pointer,
        expected: "a name under \"inputs\"",
        suggestion: nearestName(to: link.port, among: Array(scope.document.inputs.keys)).map {
          "inputs.\($0)"
        })
    } else if scope.declarations[link.stage] == nil {
      fault(
        "there is no stage '\(link.stage)' in this document", in: scope, at: pointer,
        expected: "a link to \(indefinite(port.type))",
        suggestion: faults.count < Self.mostSuggestions
          ? nearestName(to: link.stage, among: Array(scope.declarations.keys)).map { "\($0).\(link.port)" }
          : nil)
    } else if let descriptor = scope.members[link.stage]?.descriptor {
      let names = descriptor.outputs.map(\.name)
      fault(
        "'\(descriptor.name)' has no output '\(link.port)'", in: scope, at: pointer,
        expected: names.isEmpty ? "a stage with outputs" : "one of " + names.joined(separator: ", "),
        suggestion: (nearestName(to: link.port, among: names) ?? (names.count == 1 ? names[0] : nil))
          .map { "\(link.stage).\($0)" })
    }
    // A stage whose `use` names nothing has its fault already.
  }

  private mutating func checkOutputs(of scope: Scope) {
    for (name, link) in scope.document.outputs where scope.port(of: link) == nil {
      unknownLink(
        link, for: PortDescriptor(name: name, type: "value", help: ""), in: scope,
        at: .root / "outputs" / name)
    }
    for (name, type) in scope.document.inputs where registry.types[type] == nil {
      fault(
        "there is no port type '\(type)'", in: scope, at: .root / "inputs" / name,
        expected: "one of " + registry.types.keys.map(\.name).sorted().joined(separator: ", "),
        suggestion: nearestName(to: type.name, among: registry.types.keys.map(\.name)))
    }
  }

  private func sources(of declaration: StageDeclaration, in scopes: [Scope]) -> [String: [FlatStage.Source]] {
    declaration.links.mapValues { links in links.compactMap { source(of: $0, in: scopes) } }
      .filter { !$0.value.isEmpty }
  }

  /// The node that a link of the last scope leads to, through the documents around and within. Iterative, since
  /// documents that only hand their inputs on may be chained.
  private func source(of link: Link, in scopes: [Scope]) -> FlatStage.Source? {
    guard followsLinks else { return nil }
    var link = link
    var scopes = scopes
    while let scope = scopes.last {
      if link.stage == Link.documentInputs {
        scopes.removeLast()
        guard let parent = scopes.last else { return rootInput(link.port, of: scope) }
        let id = String(scope.path.dropFirst(parent.path.isEmpty ? 0 : parent.path.count + 1))
        guard let outer = parent.declarations[id]?.links[link.port]?.first else { return nil }
        link = outer
        continue
      }
      switch scope.members[link.stage] {
      case .stage(let definition):
        guard definition.descriptor.output(link.port) != nil else { return nil }
        return FlatStage.Source(node: scope.fullID(link.stage), port: link.port)
      case .document(let child, _):
        guard let inner = child.document.outputs[link.port] else { return nil }
        link = inner
        scopes.append(child)
      case nil: return nil
      }
    }
    return nil
  }

  // MARK: Faults

  mutating func fault(
    _ message: String, in scope: Scope, at pointer: JSONPointer, expected: String? = nil,
    suggestion: String? = nil
  ) {
    faults.append(
      scope.document.source.diagnostic(message, at: pointer, expected: expected, suggestion: suggestion))
  }

  func indefinite(_ type: PortType) -> String {
    ("aeiou".contains(type.name.first ?? "x") ? "an " : "a ") + type.name
  }
}

import Foundation

/// Takes fingerprints: what each node's result is a function of.
struct StepBuilder {
  let request: PlanRequest
  let files: FileBinding
  private var fingerprints: [String: ContentDigest] = [:]
  private let environment: JSONValue

  init(request: PlanRequest, files: FileBinding) {
    self.request = request
    self.files = files
    environment = .object(request.environment.mapValues { .string($0) })
  }

  /// The steps of these nodes, which are ordered. `stages` has each node's stage.
  func steps(nodes: [Node], stages: [any RunnableStage], wanted: [String: Set<String>]) throws -> [Plan.Step]
  {
    var builder = self
    let byID = Dictionary(uniqueKeysWithValues: nodes.map { ($0.id, $0) })
    return zip(nodes, stages).map { node, stage in
      let provenance = node.descriptor.isSink ? provenance(of: node, among: byID) : .null
      let components = components(of: node)
      let fingerprint = builder.fingerprint(of: node, components, provenance)
      builder.fingerprints[node.id] = fingerprint
      return Plan.Step(
        id: node.id, definition: node.definition, stage: stage,
        links: node.links.mapValues { $0.map { Plan.Source(step: $0.node, port: $0.port) } },
        fingerprint: fingerprint, components: components, provenance: provenance,
        source: node.source, pointer: node.pointer, wantedPorts: wanted[node.id] ?? [])
    }
  }

  /// What the node itself contributes, by the pointer it has in the resolved document.
  private func components(of node: Node) -> [String: JSONValue] {
    let pointer = JSONPointer.root / "stages" / node.id
    var components: [String: JSONValue] = [
      (pointer / "use").description: .string(node.descriptor.identity)
    ]
    for (name, version) in request.environment {
      components[(JSONPointer.root / "environment" / name).description] = .string(version)
    }
    for (name, value) in node.settings {
      components[(pointer / "set" / name).description] = identity(
        of: value, node.descriptor.parameter(name)!.kind)
    }
    for (port, sources) in node.links {
      components[(pointer / "in" / port).description] = .array(
        sources.map { .string("\($0.node).\($0.port)") })
    }
    return components
  }

  /// A file counts by its content, a destination by its extension, all else by its value.
  private func identity(of value: JSONValue, _ kind: ParameterKind) -> JSONValue {
    if case .optional(let kind) = kind { return identity(of: value, kind) }
    if case .array(let element, _) = kind, case .array(let values) = value {
      return .array(values.map { identity(of: $0, element) })
    }
    if kind.resource != nil { return files.identity(ofResource: value) ?? value }
    guard kind.isPath, let path = BoundPath(value) else { return value }
    if kind.isOutputPath { return ["extension": .string(path.url.pathExtension.lowercased())] }
    return ["sha256": files.digest(of: path).map { .string($0.description) } ?? .null]
  }

  private func fingerprint(of node: Node, _ components: [String: JSONValue], _ provenance: JSONValue)
    -> ContentDigest?
  {
    guard node.descriptor.isPure else { return nil }
    var inputs: [String: JSONValue] = [:]
    for (port, sources) in node.links {
      var links: [JSONValue] = []
      for source in sources {
        guard let digest = fingerprints[source.node] else { return nil }
        links.append(.string("\(digest.description).\(source.port)"))
      }
      inputs[port] = .array(links)
    }
    var settings: [String: JSONValue] = [:]
    for (name, value) in node.settings {
      settings[name] = identity(of: value, node.descriptor.parameter(name)!.kind)
    }
    let identity: JSONValue = [
      "kind": "stage", "stage": .string(node.descriptor.identity),
      "set": .object(settings), "in": .object(inputs), "environment": environment, "provenance": provenance,
    ]
    return ContentDigest(of: JSONWriter.canonical(identity))
  }

  /// How a sink's file came to be: the part of the resolved document it is made of, the digests of the files read,
  /// and the versions of what computed.
  private func provenance(of sink: Node, among nodes: [String: Node]) -> JSONValue {
    var closure: [String: Node] = [:]
    var pending = [sink.id]
    while let id = pending.popLast() {
      guard closure[id] == nil, let node = nodes[id] else { continue }
      closure[id] = node
      pending += node.links.values.joined().map(\.node)
    }
    var digests: [String: JSONValue] = [:]
    for node in closure.values {
      for parameter in node.descriptor.parameters where parameter.kind.isPath && !parameter.kind.isOutputPath
      {
        guard let value = node.settings[parameter.name] else { continue }
        let pointer = JSONPointer.root / "stages" / node.id / "set" / parameter.name
        digests[pointer.description] = identity(of: value, parameter.kind)
      }
    }
    return [
      "provenanceVersion": 1,
      "sink": .string(sink.id),
      "document": ResolvedDocument.json(of: Array(closure.values), outputs: [:], hidesDestinations: true),
      "files": .object(digests),
      "environment": environment,
    ]
  }
}

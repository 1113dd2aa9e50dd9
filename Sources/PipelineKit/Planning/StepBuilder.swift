import Foundation

/// Takes fingerprints: what each node's result is a function of.
struct StepBuilder {
  let request: PlanRequest
  let files: FileBinding
  private var fingerprints: [String: ContentDigest] = [:]
  /// What stands for a node in the provenance of the files made of it.
  private var origins: [String: ContentDigest] = [:]
  private let environment: JSONValue

  init(request: PlanRequest, files: FileBinding) {
    self.request = request
    self.files = files
    environment = .object(request.environment.mapValues { .string($0) })
  }

  /// The steps of these nodes, which are ordered. `stages` has each node's stage.
  func steps(nodes: [FlatStage], stages: [any RunnableStage], wanted: [String: Set<String>]) throws -> [Plan
    .Step]
  {
    var builder = self
    let saved = Self.saved(nodes)
    let provenance = ProvenanceWriter(
      nodes.filter { saved.contains($0.id) }, environment: environment, files: fileIdentities)
    return zip(nodes, stages).map { (node, stage) -> Plan.Step in
      if saved.contains(node.id) { builder.origins[node.id] = builder.origin(of: node) }
      let components = components(of: node)
      let fingerprint = builder.fingerprint(of: node, components)
      builder.fingerprints[node.id] = fingerprint
      return Plan.Step(
        id: node.id, definition: node.definition, stage: stage,
        links: node.links.mapValues { $0.map { Plan.Source(step: $0.node, port: $0.port) } },
        fingerprint: fingerprint, components: components, names: names(in: node),
        makeProvenance: { node.descriptor.isSink ? provenance.text(of: node.id) : nil },
        source: node.source, pointer: node.pointer, wantedPorts: wanted[node.id] ?? [])
    }
  }

  /// What the node itself contributes, by the pointer it has in the resolved document.
  private func components(of node: FlatStage) -> [String: JSONValue] {
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

  /// What its files and resources are called, by the same pointers.
  private func names(in node: FlatStage) -> [String: String] {
    var names: [String: String] = [:]
    for (name, value) in node.settings {
      let pointer = (JSONPointer.root / "stages" / node.id / "set" / name).description
      switch value {
      case .path(let path): names[pointer] = path.written.printable
      case .resource(let resource): names[pointer] = resource.name
      default: continue
      }
    }
    return names
  }

  /// A file counts by its content, a destination by its extension, a resource by what the plan found, all else by
  /// its value.
  private func identity(of setting: Setting, _ kind: ParameterKind) -> JSONValue {
    switch setting {
    case .value(let value): value
    case .list(let elements): .array(elements.map { identity(of: $0, kind) })
    case .resource(let resource): resource.identity ?? .string(resource.name)
    case .path(let path) where kind.isOutputPath:
      ["extension": .string(path.url.pathExtension.lowercased())]
    case .path(let path): ["sha256": files.digest(of: path).map { .string($0.description) } ?? .null]
    }
  }

  private func fingerprint(of node: FlatStage, _ components: [String: JSONValue]) -> ContentDigest? {
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
      let parameter = node.descriptor.parameter(name)!
      settings[parameter.firstName] = identity(of: value, parameter.kind)
    }
    let identity: JSONValue = [
      "kind": "stage", "stage": .string(node.descriptor.identity),
      "set": .object(settings), "in": .object(inputs), "environment": environment,
      "provenance": node.descriptor.isSink
        ? origins[node.id].map { .string($0.description) } ?? .null : .null,
    ]
    return ContentDigest(of: JSONWriter.canonical(identity))
  }

  /// The nodes that some sink's file is made of, the sinks among them.
  private static func saved(_ nodes: [FlatStage]) -> Set<String> {
    var saved: Set<String> = []
    for node in nodes.reversed() where node.descriptor.isSink || saved.contains(node.id) {
      saved.insert(node.id)
      saved.formUnion(node.links.values.joined().map(\.node))
    }
    return saved
  }

  /// The digest of all that provenance says of a node and of those it is made of. Taken of the digests of its
  /// sources, for writing out the provenance of every sink would cost the more the more sinks share.
  private func origin(of node: FlatStage) -> ContentDigest {
    let sources = Set(node.links.values.joined().map(\.node)).sorted()
    let identity: JSONValue = [
      "id": .string(node.id), "stage": ResolvedDocument.stage(node, hidesDestinations: true),
      "files": .object(fileIdentities(of: node)),
      "in": .array(sources.map { origins[$0].map { .string($0.description) } ?? .null }),
    ]
    return ContentDigest(of: JSONWriter.canonical(identity))
  }

  /// What the files that a node reads count by, by the pointers that their paths have in the resolved document.
  private func fileIdentities(of node: FlatStage) -> [String: JSONValue] {
    var identities: [String: JSONValue] = [:]
    for parameter in node.descriptor.parameters
    where parameter.kind.isPath && !parameter.kind.isOutputPath {
      guard let value = node.settings[parameter.name] else { continue }
      let pointer = JSONPointer.root / "stages" / node.id / "set" / parameter.name
      identities[pointer.description] = identity(of: value, parameter.kind)
    }
    return identities
  }
}

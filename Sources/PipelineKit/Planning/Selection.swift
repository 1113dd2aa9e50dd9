import Foundation

/// The nodes that a run needs: those whose results leave the pipeline, and all that they are made of.
struct Selection {
  /// The nodes, each after those it needs.
  private(set) var nodes: [Node] = []
  /// The output ports that are used, by node.
  private(set) var wanted: [String: Set<String>] = [:]
  /// The nodes for whose sake the others run.
  private(set) var targets: Set<String> = []

  init(_ expansion: Expansion, of document: PipelineDocument, registry: Registry, request: PlanRequest) throws
  {
    var all = expansion.nodes
    let results = try Self.results(expansion, of: document, request)
    for (name, source, type) in results {
      let sink = Self.sink(for: source, type: type, named: name, registry, request, document: document)
      if let sink, all[source.node]?.descriptor.isSink != true {
        all[sink.id] = sink
        targets.insert(sink.id)
      } else {
        targets.insert(source.node)
        wanted[source.node, default: []].insert(source.port)
      }
    }
    if request.until == nil { targets.formUnion(all.values.filter(\.descriptor.isSink).map(\.id)) }
    guard !targets.isEmpty else {
      throw InvalidDocument([
        document.source.diagnostic(
          "nothing leaves this pipeline", at: .root,
          expected: "\"outputs\": {\"picture\": \"stage.port\"}, or a stage that writes a file")
      ])
    }
    order(targets.sorted(), in: all)
    for node in nodes {
      for source in node.links.values.joined() { wanted[source.node, default: []].insert(source.port) }
    }
  }

  /// The values that are to leave the pipeline: the document's outputs, or those of the last stage asked for.
  private static func results(_ expansion: Expansion, of document: PipelineDocument, _ request: PlanRequest)
    throws
    -> [(name: String, source: Node.Source, type: PortType)]
  {
    guard let until = request.until else {
      return expansion.outputs.map { ($0.key, $0.value.source, $0.value.type) }
    }
    guard let node = expansion.nodes[until] else {
      throw InvalidDocument([
        Diagnostic(
          "--until \(until): there is no stage '\(until)'", at: .root / "stages",
          suggestion: nearestName(to: until, among: Array(expansion.nodes.keys)))
      ])
    }
    return node.descriptor.outputs.map {
      ("\(until).\($0.name)", Node.Source(node: until, port: $0.name), $0.type)
    }
  }

  /// The node that writes a value to the output folder, if values of its type can be written.
  private static func sink(
    for source: Node.Source, type: PortType, named name: String, _ registry: Registry, _ request: PlanRequest,
    document: PipelineDocument
  ) -> Node? {
    guard let known = registry.types[type], let definition = known.sink.flatMap({ registry.stages[$0] }),
      let input = definition.descriptor.inputs.first(where: { $0.type == type })
    else { return nil }
    var settings: [String: JSONValue] = [:]
    for parameter in definition.descriptor.parameters { settings[parameter.name] = parameter.defaultValue }
    let file = "\(name.replacing("/", with: ".")).\(known.fileExtension)"
    settings["path"] = BoundPath(file, in: request.outputFolder, isConfined: true).json
    return Node(
      id: "outputs/\(name)", definition: definition, settings: settings, links: [input.name: [source]],
      source: document.source, pointer: .root / "outputs" / name)
  }

  /// Depth first and iterative: a document may chain ten thousand stages.
  private mutating func order(_ targets: [String], in all: [String: Node]) {
    var seen: Set<String> = []
    for target in targets where seen.insert(target).inserted {
      var stack = [(all[target]!, Self.sources(of: all[target]!)[...])]
      while let (node, sources) = stack.last {
        if let next = sources.first {
          stack[stack.count - 1].1 = sources.dropFirst()
          if seen.insert(next).inserted { stack.append((all[next]!, Self.sources(of: all[next]!)[...])) }
        } else {
          nodes.append(node)
          stack.removeLast()
        }
      }
    }
  }

  private static func sources(of node: Node) -> [String] {
    Set(node.links.values.joined().map(\.node)).sorted()
  }
}

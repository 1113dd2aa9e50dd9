import Foundation

/// The nodes that a run needs: those whose results leave the pipeline, and all that they are made of.
struct Selection {
  /// The nodes, each after those it needs.
  private(set) var nodes: [FlatStage] = []
  /// The output ports that are used, by node.
  private(set) var wanted: [String: Set<String>] = [:]
  /// The nodes for whose sake the others run.
  private(set) var targets: Set<String> = []
  /// The outputs whose values go back to the caller, by name.
  private(set) var returned: [String: FlatStage.Source] = [:]

  init(_ expansion: Expansion, of document: PipelineDocument, registry: Registry, request: PlanRequest) {
    var all = expansion.nodes
    for (name, (source, type)) in expansion.results {
      let sink =
        request.results == .values || all[source.node]?.descriptor.isSink == true
        ? nil : Self.sink(for: source, type: type, named: name, registry, request, document: document)
      if let sink {
        all[sink.id] = sink
        targets.insert(sink.id)
      }
      if sink == nil || request.results != .files {
        targets.insert(source.node)
        wanted[source.node, default: []].insert(source.port)
      }
      let isFile = all[source.node]?.descriptor.isSink == true
      if !isFile, request.results != .files || sink == nil { returned[name] = source }
    }
    // Who gets values and lets nothing be written needs no stage that only writes.
    targets.formUnion(request.results == .values && request.writers == [] ? [] : expansion.sinks)
    order(targets.sorted(), in: all)
    for node in nodes {
      for source in node.links.values.joined() { wanted[source.node, default: []].insert(source.port) }
    }
  }

  /// The node that writes a value to the output folder, if values of its type can be written.
  private static func sink(
    for source: FlatStage.Source, type: PortType, named name: String, _ registry: Registry,
    _ request: PlanRequest,
    document: PipelineDocument
  ) -> FlatStage? {
    guard let known = registry.types[type], let definition = known.sink.flatMap({ registry.stages[$0] }),
      let input = definition.descriptor.inputs.first(where: { $0.type == type })
    else { return nil }
    var settings = definition.descriptor.defaults
    let file = "\(name.replacing("/", with: ".")).\(known.fileExtension)"
    let path =
      request.outputs[name].map { BoundPath($0, in: request.workingFolder, isConfined: false) }
      ?? BoundPath(file, in: request.outputFolder, isConfined: true)
    settings["path"] = .path(path)
    return FlatStage(
      id: "\(FlatStage.outputs)/\(name)", definition: definition, settings: settings,
      links: [input.name: [source]],
      source: document.source, pointer: .root / "outputs" / name, isImplicit: true)
  }

  /// Depth first and iterative: a document may chain ten thousand stages.
  private mutating func order(_ targets: [String], in all: [String: FlatStage]) {
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

  private static func sources(of node: FlatStage) -> [String] {
    Set(node.links.values.joined().map(\.node)).sorted()
  }
}

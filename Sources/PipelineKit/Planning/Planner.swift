import Foundation

/// Turns a document and a request into a plan, or says everything that is wrong with them.
public struct Planner: Sendable {
  /// The stages documents may name.
  public let registry: Registry

  /// A planner for these stages.
  public init(registry: Registry) { self.registry = registry }

  /// Checks a document as it stands. Params and inputs without a value are left open, and no file is opened
  /// but the documents it runs as stages.
  public func validate(_ document: PipelineDocument, _ request: PlanRequest) throws(InvalidDocument) {
    let (expansion, faults, _) = expand(document, request, leavesOpen: true)
    let all = faults + self.faults(of: expansion, document, request, depth: .names)
    guard all.isEmpty else { throw InvalidDocument(all) }
  }

  /// A document seen as a stage: its inputs, params and outputs.
  ///
  /// - Parameter name: what it is called.
  public func descriptor(of document: PipelineDocument, named name: String) throws(InvalidDocument)
    -> StageDescriptor
  {
    let request = PlanRequest(workingFolder: document.folder, outputFolder: document.folder)
    var builder = ScopeBuilder(
      registry: registry, request: request, paths: PathPolicy(root: document.folder, allowed: []))
    let scope = builder.build(document)
    guard builder.faults.isEmpty else { throw InvalidDocument(builder.faults) }
    return scope.descriptor(origin: name)
  }

  /// The stages that a document comes to, each after those it needs, whatever params, inputs and files are missing.
  func outline(_ document: PipelineDocument, _ request: PlanRequest) throws(InvalidDocument) -> [FlatStage] {
    let (expansion, faults, _) = expand(document, request, leavesOpen: true)
    guard faults.isEmpty else { throw InvalidDocument(faults) }
    return Selection(expansion, of: document, registry: registry, request: request).nodes
  }

  /// The plan, or every fault of document and request. Throws ``MissingDependency`` when a document without fault
  /// names a resource that is not on this machine, ``MissingDependencies`` when there are several.
  public func plan(_ document: PipelineDocument, _ request: PlanRequest) throws -> Plan {
    let (expansion, faults, remarks) = expand(document, request, leavesOpen: false)
    guard faults.isEmpty else {
      throw InvalidDocument(faults + self.faults(of: expansion, document, request, depth: .presence))
    }
    let selection = Selection(expansion, of: document, registry: registry, request: request)
    var files = FileBinding(root: document.folder, request: request, depth: .contents)
    let nodes = selection.nodes.map { files.bind($0) }
    let stages = nodes.map { files.make($0) }
    guard files.faults.isEmpty else { throw InvalidDocument(files.faults) }
    if let missing = MissingDependencies.combined(files.missing) { throw missing }
    let steps = try StepBuilder(request: request, files: files).steps(
      nodes: nodes, stages: stages.compactMap { $0 }, wanted: selection.wanted)
    return Plan(
      steps: steps, targets: selection.targets,
      resolved: ResolvedDocument.json(of: nodes, outputs: expansion.outputs.mapValues(\.source)),
      documentKey: document.folder.appending(path: document.source.file).absoluteString,
      usesStandardOutput: nodes.contains(where: \.writesToStandardOutput), remarks: remarks,
      withheld: withheld(expansion, request), writers: request.writers,
      returned: selection.returned.mapValues { Plan.Source(step: $0.node, port: $0.port) },
      outputFolders: files.outputFolders,
      permissions: request.permissions, types: registry.types)
  }

  /// What the document's stages would write beside what is asked for.
  private func withheld(_ expansion: Expansion, _ request: PlanRequest) -> [Plan.UnwrittenFile] {
    guard let writers = request.writers else { return [] }
    return expansion.nodes.values.filter { !writers.contains($0.id) }.sorted { $0.id < $1.id }.flatMap {
      node in
      node.destinations.map {
        Plan.UnwrittenFile(step: node.id, stage: node.descriptor.name, path: $0.written.printable)
      }
    }
  }

  private func expand(_ document: PipelineDocument, _ request: PlanRequest, leavesOpen: Bool)
    -> (Expansion, faults: [Diagnostic], remarks: [String])
  {
    let paths = PathPolicy(root: document.folder, allowed: request.permissions.folders)
    var builder = ScopeBuilder(registry: registry, request: request, paths: paths)
    let root = builder.build(document)
    var expansion = Expansion(
      registry: registry, request: request, leavesOpen: leavesOpen, followsLinks: !builder.hasCycle)
    expansion.expand(root)
    return (expansion, builder.faults + expansion.faults, builder.remarks + expansion.remarks)
  }

  /// What is wrong with the stages' paths, and with settings that do not fit together.
  private func faults(
    of expansion: Expansion, _ document: PipelineDocument, _ request: PlanRequest, depth: FileBinding.Depth
  ) -> [Diagnostic] {
    var files = FileBinding(root: document.folder, request: request, depth: depth)
    for (_, node) in expansion.nodes.sorted(by: { $0.key < $1.key }) {
      let bound = files.bind(node)
      if bound.isComplete { _ = files.make(bound) }
    }
    return files.faults
  }
}

extension FlatStage {
  /// Whether every parameter has a value.
  var isComplete: Bool { descriptor.parameters.allSatisfy { settings[$0.name] != nil } }

  /// The files it is set to write.
  var destinations: [BoundPath] {
    descriptor.parameters.filter(\.kind.isOutputPath).flatMap { settings[$0.name]?.paths ?? [] }
  }

  /// Whether a file it is to write is `-`.
  var writesToStandardOutput: Bool { destinations.contains(where: \.isStandardStream) }

  /// A fault of this node's settings.
  func diagnostic(_ error: any Error) -> Diagnostic {
    guard let conflict = error as? ParameterConflict else { return diagnostic("\(error)", at: pointer) }
    return diagnostic(conflict.message, at: pointer / "set" / conflict.parameter)
  }

  func diagnostic(_ message: String, at pointer: JSONPointer) -> Diagnostic {
    source?.diagnostic(message, at: pointer) ?? Diagnostic(message, at: pointer)
  }
}

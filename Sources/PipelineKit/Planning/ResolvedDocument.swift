import Foundation

/// The document of a run with everything filled in: one flat document whose ids carry those of the documents around.
enum ResolvedDocument {
  /// - Parameter hidesDestinations: whether a path to be written is reduced to its extension, so that where a result
  ///   goes does not change its bytes.
  static func json(
    of nodes: [FlatStage], outputs: [String: FlatStage.Source], hidesDestinations: Bool = false
  )
    -> JSONValue
  {
    var stages: [String: JSONValue] = [:]
    // Written outputs are steps of the provenance, so that a picture can be made again from it alone.
    for node in nodes where !node.isImplicitOutput || hidesDestinations {
      stages[node.id] = stage(node, hidesDestinations: hidesDestinations)
    }
    var document: [String: JSONValue] = ["formatVersion": 1, "stages": .object(stages)]
    if !outputs.isEmpty {
      document["outputs"] = .object(outputs.mapValues { .string("\($0.node).\($0.port)") })
    }
    return .object(document)
  }

  /// One stage of it.
  static func stage(_ node: FlatStage, hidesDestinations: Bool) -> JSONValue {
    var settings: [String: JSONValue] = [:]
    for (name, value) in node.settings {
      if value == .null, node.descriptor.parameter(name)?.defaultValue == .null { continue }
      let hides = hidesDestinations && node.descriptor.parameter(name)?.kind.isOutputPath == true
      settings[name] = hides ? value.json(Self.hidden) : value.json
    }
    let inputs = node.links.mapValues { sources -> JSONValue in
      let links = sources.map { JSONValue.string("\($0.node).\($0.port)") }
      return links.count == 1 ? links[0] : .array(links)
    }
    var stage: [String: JSONValue] = ["use": .string("\(node.descriptor.name)@\(node.descriptor.version)")]
    if !inputs.isEmpty { stage["in"] = .object(inputs) }
    if !settings.isEmpty { stage["set"] = .object(settings) }
    return .object(stage)
  }

  /// A destination as its extension alone.
  private static func hidden(_ path: BoundPath) -> String {
    let ending = path.url.pathExtension.lowercased()
    return ending.isEmpty ? "result" : "result.\(ending)"
  }
}

extension FlatStage {
  /// Whether the node was added to write one of the document's outputs.
  var isImplicitOutput: Bool { isImplicit && descriptor.isSink }
}

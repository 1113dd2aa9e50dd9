import Foundation

/// One document in the tree of documents that a run uses: the root, or a document run as a stage.
///
/// A scope is complete once made: its stages' descriptors are known, so that those of the enclosing document can
/// be checked the same way whether they are stages or documents.
final class Scope {
  /// What a stage of the document turned out to be.
  enum Member {
    case stage(StageDefinition)
    case document(Scope, StageDescriptor)

    var descriptor: StageDescriptor {
      switch self {
      case .stage(let definition): definition.descriptor
      case .document(_, let descriptor): descriptor
      }
    }

    /// Where the relative paths of the parameters' defaults start, if not in the enclosing document's folder.
    var folder: URL? {
      if case .document(let scope, _) = self { scope.document.folder } else { nil }
    }
  }

  let document: PipelineDocument
  /// The id of the stage in the enclosing document, with its own enclosing ids: `paint/refine`; empty at the root.
  let path: String
  var members: [String: Member] = [:]
  /// The document's stages, with swaps made.
  var declarations: [String: StageDeclaration]

  init(_ document: PipelineDocument, path: String) {
    self.document = document
    self.path = path
    declarations = document.stages
  }

  /// The id that a stage has in the whole run.
  func fullID(_ id: String) -> String { path.isEmpty ? id : "\(path)/\(id)" }

  /// The port a link of this document leads to, or nil when there is none.
  func port(of link: Link) -> PortDescriptor? {
    if link.stage == Link.documentInputs {
      return document.inputs[link.port].map { PortDescriptor(name: link.port, type: $0, help: "") }
    }
    return members[link.stage]?.descriptor.output(link.port)
  }

  /// The document's inputs that must be given: those that an output or an input of arity `one` or `many` takes. Others
  /// only change what is done, or are there for the sake of other documents with the same ports.
  var neededInputs: Set<String> {
    var needed: Set<String> = []
    func take(_ links: some Sequence<Link>) {
      for link in links where link.stage == Link.documentInputs { needed.insert(link.port) }
    }
    take(document.outputs.values)
    for (id, declaration) in declarations {
      let descriptor = members[id]?.descriptor
      for (port, links) in declaration.links where descriptor?.input(port)?.arity.isRequired != false {
        take(links)
      }
    }
    return needed
  }

  /// The document seen as a stage.
  func descriptor(origin: String) -> StageDescriptor {
    let needed = neededInputs
    return StageDescriptor(
      name: origin, summary: document.source.root["notes"]?.string ?? "A pipeline document.",
      parameters: document.params.values.sorted { $0.name < $1.name },
      inputs: document.inputs.sorted { $0.key < $1.key }.map {
        PortDescriptor(
          name: $0.key, type: $0.value, arity: needed.contains($0.key) ? .one : .optional, help: "")
      },
      outputs: document.outputs.sorted { $0.key < $1.key }.compactMap { name, link in
        port(of: link).map { PortDescriptor(name: name, type: $0.type, help: "") }
      },
      origin: .document(origin))
  }
}

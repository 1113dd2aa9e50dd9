/// One stage of a run, whatever document it came from: wired to other nodes by id, its settings complete.
struct FlatStage {
  /// An output of a node.
  struct Source: Hashable {
    var node: String
    var port: String
  }

  /// The stage's id, with those of the documents around it: `paint/blend`.
  var id: String
  var definition: StageDefinition
  /// Complete settings; paths are bound.
  var settings: [String: Setting]
  var links: [String: [Source]]
  /// Where it is declared, for diagnostics.
  var source: JSONDocument?
  var pointer: JSONPointer
  /// Whether it was added to read an input of the document or to write one of its outputs.
  var isImplicit = false

  /// The pseudo-document whose stages write the document's outputs.
  static let outputs = "outputs"

  var descriptor: StageDescriptor { definition.descriptor }
}

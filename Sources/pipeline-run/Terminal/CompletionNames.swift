import Diffusion
import Experiments
import Foundation
import Foundations
import ModelHub
import PaintByExample
import PipelineKit
import Stages

/// What a shell offers for words whose choices the document decides.
enum CompletionNames {
  /// The names of stages.
  static var stages: [String] { registry?.stages.keys.sorted() ?? [] }

  /// The names of models that are here.
  static var models: [String] { ModelSearch.onThisMachine().models().map(\.name).sorted() }

  /// The names of published models.
  static var published: [String] { ModelCatalogue.entries.map(\.name).sorted() }

  /// `steps=` for each param of the document among the words.
  static func params(_ words: [String]) -> [String] {
    (document(in: words)?.params.keys.sorted() ?? []).map { $0 + "=" }
  }

  /// The names of the document's presets.
  static func presets(_ words: [String]) -> [String] { document(in: words)?.presets.keys.sorted() ?? [] }

  /// `scene=` for each input.
  static func inputs(_ words: [String]) -> [String] {
    (document(in: words)?.inputs.keys.sorted() ?? []).map { $0 + "=" }
  }

  /// `picture=` for each output.
  static func outputs(_ words: [String]) -> [String] {
    (document(in: words)?.outputs.keys.sorted() ?? []).map { $0 + "=" }
  }

  /// The ids of the document's stages.
  static func ids(_ words: [String], ending: String = "") -> [String] {
    (document(in: words)?.stages.keys.sorted() ?? []).map { $0 + ending }
  }

  /// `guidance=`, `scene=`, `blend.feather=` and `swap:paste=`: what a batch may try values of.
  static func axes(_ words: [String], _ begun: String) -> [String] {
    params(words) + inputs(words) + settings(words, begun) + ids(words, ending: "=").map { "swap:" + $0 }
  }

  /// `blend.feather=` for each setting of each stage, `paint.guidance=` for each param of a document that is a stage; of the
  /// stages of that document, `paint/match.strength=`, once `paint/` has been begun.
  static func settings(_ words: [String], _ begun: String) -> [String] {
    guard let document = document(in: words), let registry else { return [] }
    return settings(of: document, at: "", begun, registry)
  }

  private static func settings(
    of document: PipelineDocument, at place: String, _ begun: String, _ registry: Registry
  ) -> [String] {
    document.stages.sorted { $0.key < $1.key }.flatMap { id, stage in
      let path = place + id
      guard stage.usesDocument else {
        return (registry.stages[stage.name]?.descriptor.parameters ?? []).map { "\(path).\($0.name)=" }
      }
      let file = URL(filePath: stage.use, relativeTo: document.folder)
      guard let inner = try? PipelineDocument(contentsOf: file) else { return [] }
      let params = inner.params.keys.sorted().map { "\(path).\($0)=" }
      let below = "\(path)/"
      return begun.hasPrefix(below) ? params + settings(of: inner, at: below, begun, registry) : params
    }
  }

  private static var registry: Registry? { try? StandardStages.registry(environment: [:]) }

  /// The document among the words, or the pipeline of the experiment that is one of them.
  private static func document(in words: [String]) -> PipelineDocument? {
    words.lazy.filter { $0.hasSuffix(".json") && !$0.contains("=") }.compactMap { word in
      let file = URL(filePath: word).absoluteURL
      let isThere = FileManager.default.fileExists(atPath: file.path(percentEncoded: false))
      guard let url = isThere ? file : Release.readyMade(word) else { return nil }
      return (try? PipelineDocument(contentsOf: url))
        ?? (try? experiment(url))?.pipeline
    }.first
  }

  private static func experiment(_ file: URL) throws -> Experiment {
    try Experiment(
      JSONParser.parse(Data(contentsOf: file), file: file.lastPathComponent),
      folder: file.deletingLastPathComponent())
  }
}

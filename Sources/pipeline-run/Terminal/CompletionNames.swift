import Diffusion
import Foundation
import PaintByExample
import PipelineKit
import Stages

/// What a shell offers for words whose choices the document decides.
enum CompletionNames {
  /// The names of stages.
  static var stages: [String] { registry?.stages.keys.sorted() ?? [] }

  /// The names of models that are here.
  static var models: [String] { ModelSearch.onThisMachine().models().map(\.name).sorted() }

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

  /// `blend.feather=` for each setting of each stage.
  static func settings(_ words: [String]) -> [String] {
    guard let document = document(in: words), let registry else { return [] }
    return document.stages.sorted { $0.key < $1.key }.flatMap { id, stage in
      (registry.stages[stage.name]?.descriptor.parameters ?? []).map { "\(id).\($0.name)=" }
    }
  }

  private static var registry: Registry? { try? StandardStages.registry(environment: [:]) }

  private static func document(in words: [String]) -> PipelineDocument? {
    words.lazy.filter { $0.hasSuffix(".json") }.compactMap { word -> PipelineDocument? in
      let file = URL(filePath: word).absoluteURL
      let isThere = FileManager.default.fileExists(atPath: file.path(percentEncoded: false))
      guard let url = isThere ? file : Release.readyMade(word) else { return nil }
      return try? PipelineDocument(contentsOf: url)
    }.first
  }
}

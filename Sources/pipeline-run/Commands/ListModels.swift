import ArgumentParser
import Diffusion
import Foundation
import ModelHub
import PipelineKit

/// Lists the models that names resolve to.
struct ListModels: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the models that documents can name: class, size, precision and path.",
    discussion: """
      Where two folders have a model of one name, the nearer is listed, because it is the one that is used. The \
      size is that of the weights. A model that cannot be opened is listed with the reason; 'inspect' says more.

      Below them stand the published models that 'pull' knows by name and that are not there, with the licence that \
      each is published under.
      """)

  @OptionGroup var models: ModelOptions

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let search = models.search
    // What holds nothing but the shapes of networks is a start for training, and no model yet.
    let found = search.models().filter { Self.hasWeights($0.path) }.map { name, path in
      (name: name, path: path, inspection: Result { try ModelInspection(path: path, checksWeights: false) })
    }
    if json {
      let list = found.map { Self.json($0.name, $0.path, $0.inspection) }
      return print(JSONWriter.pretty(.array(list)), terminator: "")
    }
    let rows = found.map { name, path, inspection -> [String] in
      switch inspection {
      case .success(let model):
        [
          name, model.pipelineClass, ProgressView.size(model.bytes),
          model.scalarTypes.map(\.rawValue).joined(separator: "+"), path,
        ]
      case .failure(let error): [name, "cannot be opened: \(error)", "", "", path]
      }
    }
    if found.isEmpty {
      print("no models in \(search.folders.joined(separator: ", "))")
    } else {
      print(Table.text([["NAME", "CLASS", "SIZE", "PRECISION", "PATH"]] + rows))
    }
    let others = ModelCatalogue.entries.filter { entry in !found.contains { $0.name == entry.name } }
    guard !others.isEmpty else { return }
    print("\npublished, to be fetched with: pipeline-run models pull NAME")
    let lines = others.map { [$0.name, ProgressView.size($0.bytes), $0.licence, $0.summary] }
    print(Table.text([["NAME", "SIZE", "LICENCE", "WHAT"]] + lines))
  }

  private static func hasWeights(_ path: String) -> Bool {
    guard let model = try? DiffusionModel(path: path) else { return true }
    return model.components.contains { model.hasWeights($0) }
  }

  private static func json(
    _ name: String, _ path: String, _ inspection: Result<ModelInspection, any Error>
  ) -> JSONValue {
    var members: [String: JSONValue] = ["name": .string(name), "path": .string(path)]
    switch inspection {
    case .success(let model):
      members["class"] = .string(model.pipelineClass)
      members["bytes"] = .number(Double(model.bytes))
      members["precision"] = .array(model.scalarTypes.map { .string($0.rawValue) })
    case .failure(let error): members["error"] = .string("\(error)")
    }
    return .object(members)
  }
}

/// Text in columns.
enum Table {
  /// The rows, each column as wide as its widest cell; the last column is not padded.
  static func text(_ rows: [[String]]) -> String {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in
      rows.map { $0.indices.contains(column) ? $0[column].count : 0 }.max() ?? 0
    }
    return rows.map { row in
      row.enumerated().map { column, cell in
        column == row.count - 1 ? cell : cell.padding(toLength: widths[column], withPad: " ", startingAt: 0)
      }.joined(separator: "  ")
    }.joined(separator: "\n")
  }
}

import ArgumentParser
import Diffusion
import Foundation
import ModelHub
import PaintByExample
import PipelineKit
import Tensors

/// Looks after models.
struct ModelsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "models",
    abstract: "List, inspect, fetch, convert and quantise models.",
    discussion: """
      A model is a folder in diffusers' layout (model_index.json and a folder for each component) or a single \
      file in the authors' layout (model.ckpt). Documents name models; a name is looked for in the folders of \
      --models, then in those of $PIPELINE_MODELS (separated by colons), then in the user's own, \
      $XDG_DATA_HOME/pipeline-run/models or ~/.local/share/pipeline-run/models.

      EXAMPLES
        pipeline-run models pull paint-by-example
        pipeline-run models list
        pipeline-run models inspect paint-by-example
        pipeline-run models convert model.ckpt --out models/mine --as f16
        pipeline-run models quantize paint-by-example --out models/paint-by-example-int8
      """,
    subcommands: [ListModels.self, InspectModel.self, PullModel.self, ConvertModel.self, QuantizeModel.self],
    defaultSubcommand: ListModels.self)
}

/// Where models are.
struct ModelOptions: ParsableArguments {
  @Option(
    name: .customLong("models"),
    help: ArgumentHelp(
      "A folder of models, searched before those of $PIPELINE_MODELS; may be given more than once.",
      valueName: "folder"),
    completion: .directory)
  var folders: [String] = []

  var search: ModelSearch {
    .onThisMachine(folders)
  }

  /// The path of a model that is given by path or by name.
  func path(of model: String) throws -> String {
    if FileManager.default.fileExists(atPath: model) { return model }
    if let path = search.path(of: model) { return path }
    let isKnown = ModelCatalogue.entry(named: model) != nil || HubRepository.isName(model)
    throw MissingDependency(
      "there is no model '\(model)': no such path, and nothing of that name in \(search.folders.joined(separator: ", "))",
      remedy: "pipeline-run models " + (isKnown ? "pull \(model)" : "list"))
  }
}

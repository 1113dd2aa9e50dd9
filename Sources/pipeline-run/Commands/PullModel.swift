import ArgumentParser
import Diffusion
import Foundation
import ModelHub
import PipelineKit

/// Fetches a model.
struct PullModel: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pull",
    abstract: "Fetch a published model: resumed where it broke off, checked, whole or not at all.",
    discussion: """
      NAME is one of the models known here (\(ModelCatalogue.entries.map(\.name).joined(separator: ", "))) or \
      OWNER/NAME, a repository on the hub in diffusers' layout; 'list' says their sizes and licences. Of its \
      components the configurations and one set of weights are fetched: .safetensors where there are such, else \
      .bin; never the safety checker. Of a network that stands alone, just its own files are.

      The model goes to the first folder of --models, else of $PIPELINE_MODELS, else the user's own. It is put \
      together in a hidden folder beside its place and appears when it is whole. Pull again after an interruption: \
      what has come is kept. Pulling a model that is there fetches nothing but what differs.

      --from URL names another server. Where URL/model_index.json is there (or the first file of a network that \
      stands alone), URL is the model's folder on a server of \
      plain files, and NAME is only what the model will be called; such a server has no checksums, so that sizes \
      alone are compared. Otherwise URL is the base of a hub that speaks huggingface.co's protocol. Proxies are those \
      of the environment: https_proxy, http_proxy, no_proxy.

      EXAMPLES
        pipeline-run models pull paint-by-example
        pipeline-run models pull paint-by-example --from https://hub.example.org
        pipeline-run models pull mine --from http://files.example/mine --models here
      """)

  @Argument(
    help: "A known model's name, or OWNER/NAME.", completion: .custom { _, _, _ in CompletionNames.published }
  )
  var name: String

  @Option(help: ArgumentHelp("Another hub, or a model's folder on a plain server.", valueName: "url"))
  var from: String?

  @Option(
    help: ArgumentHelp(
      "The weights' variant, such as fp16; without it, those that have none.", valueName: "name"))
  var variant: String?

  @Option(help: ArgumentHelp("A branch, tag or commit of the repository.", valueName: "name"))
  var revision: String?

  @OptionGroup var models: ModelOptions

  @Flag(help: "Print events as lines of JSON.")
  var json = false

  @Flag(help: "Say nothing unless something fails.")
  var quiet = false

  func run() async throws {
    let client = HubClient()
    let source = try await source(client)
    // A repository's owner is a folder, so that two models of one name do not meet.
    let place = name.split(separator: "/").map(String.init)
    let parent = ([models.search.downloadFolder] + place.dropLast()).joined(separator: "/")
    let known = ModelCatalogue.entry(named: name)
    guard variant == nil || known?.fileNames.isEmpty != false else {
      throw UsageFault("'\(name)' is published in one way: leave --variant out")
    }
    let pull = ModelPull(
      source, name: place.last ?? name, parent: parent, components: known?.components,
      variant: variant, files: known.map { $0.files.isEmpty ? $0.fileNames : $0.files } ?? [], client: client)
    let view = PullView(
      name: name, mode: quiet ? .quiet : json ? .json : Terminal.isInteractive ? .bars : .lines)
    do {
      view.end(try await pull.run { view.show($0) })
    } catch {
      view.fail()
      throw error
    }
  }

  private func source(_ client: HubClient) async throws -> ModelSource {
    guard HubRepository.isName(name) || HubRepository.isName("owner/\(name)") else {
      throw UsageFault("'\(name)' is neither a model's name nor OWNER/NAME")
    }
    let base = try from.map(Self.server) ?? HubRepository.publicHub
    if from != nil {
      let folder = PlainFolder(url: base)
      let first = ModelCatalogue.entry(named: name)?.fileNames.first
      if try await folder.isModel(client, file: first ?? PlainFolder.index) {
        guard revision == nil else {
          throw UsageFault("a plain server has no revisions: leave --revision out")
        }
        return .folder(folder)
      }
    }
    if let known = ModelCatalogue.entry(named: name) {
      guard let repository = known.repository else {
        guard from == nil, revision == nil else {
          throw UsageFault(
            "'\(name)' is no repository on a hub: leave --revision out, and let --from be a folder with "
              + known.fileNames.joined(separator: " and "))
        }
        return .addresses(known.addresses)
      }
      return .repository(
        HubRepository(base: base, name: repository, revision: revision ?? known.revision))
    }
    guard HubRepository.isName(name) else {
      let known = ModelCatalogue.entries.map { "'\($0.name)'" }.joined(separator: ", ")
      throw UsageFault(
        "there is no model '\(name)'; known are \(known), and OWNER/NAME is a repository on the hub")
    }
    return .repository(HubRepository(base: base, name: name, revision: revision ?? "main"))
  }

  private static func server(_ text: String) throws -> URL {
    guard let url = URL(string: text), url.scheme == "http" || url.scheme == "https", url.host() != nil else {
      throw UsageFault("'--from \(text)' is no http or https URL")
    }
    return url
  }
}

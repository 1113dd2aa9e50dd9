import ArgumentParser
import PipelineKit

/// Prints a document with everything filled in.
struct ResolveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resolve", abstract: "Print a document with all defaults, params and swaps filled in.",
    discussion: "Documents run as stages are laid flat. Fingerprints are taken of this form.")

  @OptionGroup var options: DocumentOptions

  func run() throws {
    let planner = Planner(registry: try options.registration.registry())
    print(JSONWriter.pretty(try planner.plan(options.load(), options.request()).resolved), terminator: "")
  }
}

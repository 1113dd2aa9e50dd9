import ArgumentParser
import PipelineKit

/// Prints a document with everything filled in.
struct ResolveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resolve", abstract: "Print a document with all defaults, params and swaps filled in.",
    discussion: "Documents run as stages are laid flat. Fingerprints are taken of this form.")

  @OptionGroup var options: DocumentOptions

  mutating func run() async throws {
    print(JSONWriter.pretty(try await options.plan().resolved), terminator: "")
  }
}

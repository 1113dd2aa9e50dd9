import ArgumentParser
import PipelineKit

/// Draws a document.
struct GraphCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "graph", abstract: "Draw a document: Mermaid, Graphviz DOT, or a self-contained SVG.",
    discussion: "pipeline-run graph edit.json --as svg > edit.svg")

  enum Form: String, ExpressibleByArgument, CaseIterable { case mermaid, dot, svg }

  @OptionGroup var options: DocumentOptions

  @Option(name: .customLong("as"), help: "The form to draw in.")
  var form = Form.mermaid

  mutating func run() async throws {
    let graph = PlanGraph(try await options.plan())
    switch form {
    case .mermaid: print(graph.mermaid, terminator: "")
    case .dot: print(graph.dot, terminator: "")
    case .svg: print(graph.svg, terminator: "")
    }
  }
}

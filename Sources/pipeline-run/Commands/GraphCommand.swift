import ArgumentParser
import Foundation
import PaintByExample
import PipelineKit

/// Draws a document.
struct GraphCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "graph", abstract: "Draw a document: Mermaid, Graphviz DOT, or a self-contained SVG.",
    discussion: """
      Inputs and params need not be given. Where they are, an SVG shows by colours what a run would do: what is kept, \
      what runs, what changed since the last run, and what that failed in or did not come to. Graphviz draws it.

      EXAMPLES
        pipeline-run graph Pipelines/paint-by-example.json --as svg > paint.svg
        pipeline-run graph Pipelines/demo.json --set paint.guidance=3 --as svg > demo.svg
      """)

  enum Form: String, ExpressibleByArgument, CaseIterable { case mermaid, dot, svg }

  @OptionGroup var options: DocumentOptions
  @OptionGroup var storing: StoreOptions

  @Option(name: .customLong("as"), help: "The form to draw in.")
  var form = Form.mermaid

  mutating func run() async throws {
    let document = try options.load()
    let request = try options.request(document)
    let machine = try options.machine()
    var graph = try PlanGraph(document, request, registry: machine.registry)
    // What a run would do is known only where all that it needs is there.
    if form == .svg, let plan = try? await machine.plan(document, request),
      let forecast = try? RunForecast(plan, store: storing.store())
    {
      graph.show(forecast)
    }
    switch form {
    case .mermaid: print(graph.mermaid, terminator: "")
    case .dot: print(graph.dot, terminator: "")
    case .svg: print(try await graph.svg(), terminator: "")
    }
  }
}

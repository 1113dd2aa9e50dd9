import Foundation
#if canImport(FoundationXML)
  import FoundationXML
#endif
import PipelineTesting
import Testing

@testable import PipelineKit

@Suite struct DescribingTests {
  let bench: Bench
  init() throws {
    bench = try Bench.planning([
      .stub(
        #"odd"<name>&|#"#, inputs: [.number(#"in"<&|"#)], outputs: [.number(#"o\"t"#), .number("number")]
      ) { _ in
        .number(1)
      }
    ])
  }

  private func graph() throws -> PlanGraph {
    let odd = #""s/1": {"use": "odd\"<name>&|#", "in": {"in\"<&|": "c.number"}}"#
    return try PlanGraph(bench.plan(text(#""c": {"use": "number.constant"}, "# + odd, last: "s/1")))
  }

  @Test("a graph has a box for each stage and an arrow for all links between two")
  func boxes() throws {
    let graph = try graph()
    #expect(graph.boxes.map(\.id) == ["c", "s/1", "outputs/result"])
    #expect(graph.boxes.map(\.isSink) == [false, false, true])
    #expect(graph.arrows.map(\.label) == [#"number → in"<&|"#, "number"])
  }

  @Test("a flat document has the same graph, and one whose stages wait for one another has none")
  func flat() throws {
    let stages = { (loop: String) in
      """
      {"formatVersion": 1, "stages": {
        "c": {"use": "number.add@1", "in": {"numbers": ["a.number", "b.number", "a.number"]}},
        "b": {"use": "number.constant@1"\(loop)}, "a": {"use": "number.constant@1"}}}
      """
    }
    let document = { (text: String) in
      try PipelineDocument(
        JSONParser.parse(Data(text.utf8), file: "flat.json"), folder: URL(filePath: "/"))
    }
    let graph = try #require(PlanGraph(flat: document(stages(""))))
    #expect(graph.boxes.map(\.id) == ["a", "b", "c"] && graph.boxes.map(\.isSink) == [false, false, true])
    #expect(graph.boxes.last?.stage == "number.add")
    #expect(Set(graph.arrows.map { "\($0.from)-\($0.to)" }) == ["a-c", "b-c"])
    #expect(try PlanGraph(flat: document(stages(#", "in": {"x": "c.number"}"#))) == nil)
  }

  @Test("names from plugins cannot break a Mermaid chart")
  func mermaid() throws {
    #expect(
      try graph().mermaid == """
        flowchart TD
          n0["c<br/><small>number.constant</small>"]
          n1["s/1<br/><small>odd#quot;#lt;name#gt;&|#35;</small>"]
          n2[/"outputs/result<br/><small>number.save</small>"/]
          n0 -->|"number → in#quot;#lt;&|"| n1
          n1 -->|"number"| n2

        """)
  }

  @Test(
    "nor a Graphviz one, in which documents within documents have frames, and what a run would do colours")
  func dot() throws {
    var graph = try graph()
    #expect(!graph.dot.contains("labelloc=b"))
    (graph.states["c"], graph.states["s/1"]) = (.kept, .changed)
    let lines = graph.dot.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
    #expect(lines.contains(#""c" -> "s/1" [label=" number → in\"<&| "];"#))
    #expect(lines.contains { $0.hasPrefix(#"subgraph "cluster s" {"#) })
    #expect(
      lines.contains {
        $0.hasPrefix(#""s/1" [label=<1<br/>"#) && $0.contains("odd&quot;&lt;name&gt;&amp;|#")
          && $0.contains("fillcolor")
      })
    #expect(
      lines.contains {
        $0.contains("labelloc=b") && $0.contains(">kept<") && $0.contains(">runs, as something changed<")
      })
  }

  @Test("a drawing is laid out by Graphviz", .enabled(if: PlanGraph.canBeDrawn, "Graphviz is not installed"))
  func svg() async throws {
    let svg = try await graph().svg()
    let parser = XMLParser(data: Data(svg.utf8))
    #expect(parser.parse(), "\(String(describing: parser.parserError))")
    #expect(svg.hasPrefix("<svg") && svg.contains("odd&quot;&lt;name&gt;&amp;|#"))
    #expect(svg.matches(of: /class="node"/).count == 3 && svg.matches(of: /class="edge"/).count == 2)
    #expect(svg.matches(of: /class="cluster"/).count == 1)
  }

  @Test("a stage's page says its ports, its parameters with defaults and ranges, and what it takes")
  func page() throws {
    let page = StageHelp.page(StageDefinition(Everything.self).descriptor)
    #expect(
      page.hasPrefix("test.everything@1\nShows its parameters.\n\nOUTPUTS\n  number: number  The count."))
    #expect(page.contains("  count = 3      A count. Takes an integer from 1 to 10.\n"))
    #expect(page.contains("  mode = \"soft\"  A mode. Takes one of soft, hard.\n"))
    #expect(page.contains("  limit          A limit. Takes an integer from 1 to 5, or null.\n"))
    let load = try #require(bench.registry.stages["number.load"]?.descriptor)
    #expect(
      StageHelp.page(load).contains("path (required)  The file to read. Takes the path of a file to read."))
    #expect(StageHelp.list([load]) == "number.load  Reads a number from a JSON file.")
  }

  @Test("a stage is JSON for programs")
  func json() {
    let json = StageDefinition(Everything.self).descriptor.json
    #expect(json["parameters"]?.array?.first?["default"] == true)
    #expect(json["outputs"] == [["name": "number", "type": "number", "arity": "one", "help": "The count."]])
  }
}

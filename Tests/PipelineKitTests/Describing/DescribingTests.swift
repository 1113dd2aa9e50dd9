import Foundation
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

  @Test("a graph is drawn in rows by distance from the sources")
  func rows() throws {
    let graph = try graph()
    #expect(graph.boxes.map { "\($0.id) \($0.row)" } == ["c 0", "s/1 1", "outputs/result 2"])
    #expect(graph.boxes.map(\.isSink) == [false, false, true])
    #expect(graph.arrows.map(\.label) == [#"number → in"<&|"#, "number"])
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

  @Test("nor a Graphviz one")
  func dot() throws {
    let lines = try graph().dot.split(separator: "\n")
    #expect(lines[3] == #"  "s/1" [label="s/1\nodd\"<name>&|#"];"#)
    #expect(lines[5] == #"  "c" -> "s/1" [label="number → in\"<&|"];"#)
  }

  @Test("nor a drawing, which is well-formed XML")
  func svg() throws {
    let svg = try graph().svg
    #expect(svg.contains(">odd\"&lt;name&gt;&amp;|#</text>"))
    #expect(svg.split(separator: "\n").filter { $0.hasPrefix("<rect x=") }.count == 3)
    #expect(svg.split(separator: "<path d=\"M").count == 4)
    #expect(svg.matches(of: /&(?!lt;|gt;|amp;)/).isEmpty)
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

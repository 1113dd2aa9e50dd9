import Foundation
import PipelineTesting
import Synchronization
import Testing

@testable import PipelineKit

@Suite struct ProvenanceTests {
  let bench: Bench
  init() throws {
    bench = try Bench.planning()
    try bench.write("1", to: "n.json")
  }

  @Test("the text is the same for as long as pictures that carry it are to be made again")
  func text() throws {
    let plan = try bench.plan(
      #"""
      {"formatVersion": 1, "stages": {
        "n": {"use": "number.load", "set": {"path": "n.json"}},
        "n-b": {"use": "number.load", "set": {"path": "./n.json"}},
        "sum": {"use": "number.add", "in": {"numbers": ["n.number", "n-b.number"]}, "set": {"offset": 0.5}},
        "aside": {"use": "number.constant"},
        "s": {"use": "number.save", "in": {"number": "sum.number"}, "set": {"path": "x/y.JSON"}}},
       "outputs": {"a": "n.number", "b": "aside.number"}}
      """#
    ) { $0.environment = ["engine": "a \"b\""] }
    let digest = ContentDigest(of: Data("1".utf8)).description
    // "-" stands before "/", and so one stage's file before the other's, though not the stage itself.
    #expect(
      plan.step("s")?.provenance == #"{"document":{"formatVersion":1,"stages":{"#
        + #""n":{"set":{"path":"n.json"},"use":"number.load@1"},"#
        + #""n-b":{"set":{"path":"./n.json"},"use":"number.load@1"},"#
        + #""s":{"in":{"number":"sum.number"},"set":{"path":"result.json"},"use":"number.save@1"},"#
        + #""sum":{"in":{"numbers":["n.number","n-b.number"]},"set":{"offset":0.5},"use":"number.add@1"}}},"#
        + #""environment":{"engine":"a \"b\""},"files":{"#
        + #""/stages/n-b/set/path":{"sha256":"\#(digest)"},"/stages/n/set/path":{"sha256":"\#(digest)"}},"#
        + #""provenanceVersion":1,"sink":"s"}"#)
    for step in plan.steps where step.descriptor.isSink {
      let text = try #require(step.provenance)
      #expect(String(decoding: JSONWriter.canonical(try JSONValue(parsing: text)), as: UTF8.self) == text)
    }
  }

  /// Stages that each add to one number, or each to the one before, and all are saved.
  private func nodes(_ count: Int, chained: Bool) throws -> [FlatStage] {
    let stages = (0..<count).map { number in
      let source = chained && number > 0 ? "s\(number - 1)" : "n"
      return #""s\#(number)": {"use": "number.add", "in": {"numbers": "\#(source).number"}}"#
    }
    let outputs = (0..<count).map { #""o\#($0)": "s\#($0).number""# }.joined(separator: ",")
    let document = try bench.document(
      PipelineKitTests.text(
        ([#""n": {"use": "number.load", "set": {"path": "n.json"}}"#] + stages).joined(separator: ","),
        more: #", "outputs": {\#(outputs)}"#))
    return try Planner(registry: bench.registry).outline(document, bench.request())
  }

  @Test("a stage becomes JSON once, however many files are made of it", arguments: [false, true])
  func once(chained: Bool) throws {
    let nodes = try nodes(30, chained: chained)
    var looks = 0
    let writer = ProvenanceWriter(nodes, environment: [:]) { _ in
      looks += 1
      return [:]
    }
    for node in nodes where node.descriptor.isSink {
      let text = try #require(writer.text(of: node.id))
      let stages = try JSONValue(parsing: text)["document"]?["stages"]?.object
      let last = try #require(Int(node.id.dropFirst("outputs/o".count)))
      #expect(stages?.count == (chained ? last + 3 : 3))
    }
    #expect(looks == nodes.count)
  }

  @Test("what a stage does not ask for is not put together")
  func lazy() {
    let count = Mutex(0)
    let context = StageContext(
      stage: "s", monitor: Monitor(), scratch: bench.folder,
      provenance: count.withLock {
        $0 += 1
        return "{}"
      })
    #expect(count.withLock { $0 } == 0)
    #expect(context.provenance == "{}")
    #expect(count.withLock { $0 } == 1)
  }
}

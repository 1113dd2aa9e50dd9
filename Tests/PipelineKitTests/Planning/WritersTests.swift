import Foundation
import PipelineKit
import PipelineTesting
import Testing

@Suite("A request that lets one stage write")
struct WritersTests {
  let bench: Bench
  init() throws {
    bench = try Bench.planning()
    try bench.write(
      #"{"formatVersion": 1, "stages": {"c": {"use": "number.constant"}, "s": {"use": "number.save", "in": {"number": "c.number"}, "set": {"path": "inner.json"}}}, "outputs": {"number": "s.number"}}"#,
      to: "inner.json")
  }

  /// `before` lies on the way to `last`, `beside` and `inner` do not.
  private let document = text(
    """
    "c": {"use": "number.constant"}, "inner": {"use": "inner.json"},
    "before": {"use": "number.save", "in": {"number": "c.number"}, "set": {"path": "../before.json"}},
    "beside": {"use": "number.save", "in": {"number": "c.number"}, "set": {"path": "beside.json"}},
    "last": {"use": "number.save", "in": {"number": "before.number"}, "set": {"path": "last.json"}}
    """, more: #", "outputs": {"more": "c.number"}"#)

  @Test("writes that stage's file and no other, and lists the others")
  func oneFile() async throws {
    let ask = { (request: inout PlanRequest) in
      request.until = "last"
      request.writers = ["last"]
    }
    let plan = try bench.plan(document, ask)
    #expect(plan.withheld.map(\.step) == ["before", "beside", "inner/s"])
    #expect(plan.withheld.map(\.path) == ["../before.json", "beside.json", "inner.json"])
    let run = try await bench.run(document, asking: ask)
    #expect(run.error == nil)
    #expect(run.events.delivered.keys.sorted() == ["last"])
    #expect(try FileManager.default.contentsOfDirectory(atPath: bench.outputFolder.path) == ["last.json"])
  }

  @Test("refuses a stage that is no sink and would write on the way there")
  func noSink() throws {
    let path = ParameterDescriptor(name: "folder", kind: .outputFile, help: "A folder.")
    let bench = try Bench.planning([.stub("writer", parameters: [path]) { _ in .number(1) }])
    let found = try bench.faults(
      text(
        #""w": {"use": "writer", "set": {"folder": "f"}}, "last": {"use": "number.save", "in": {"number": "w.number"}, "set": {"path": "last.json"}}"#
      )
    ) {
      $0.until = "last"
      $0.writers = ["last"]
    }
    #expect(found.messages == ["it would write 'f', which was not asked for"])
  }
}

@Suite struct MissingResourceTests {
  private struct Nothing: ResourceFinder {
    func find(_ name: String, file: () throws -> URL) throws -> Resource {
      throw MissingDependency("there is no \(name)", remedy: "get \(name)")
    }
  }

  @Test("all resources that are missing are said, each once")
  func all() throws {
    let model = ParameterDescriptor(
      name: "model", kind: .resource("model", words: nil), help: "A model.")
    let bench = try Bench.planning([.stub("use", parameters: [model]) { _ in .number(1) }])
    let stages = ["x", "y", "x"].enumerated().map {
      #""s\#($0)": {"use": "use", "set": {"model": "\#($1)"}}"#
    }
    let outputs = (0..<3).map { #""o\#($0)": "s\#($0).number""# }.joined(separator: ",")
    let document = text(stages.joined(separator: ","), more: #", "outputs": {\#(outputs)}"#)
    let error = #expect(throws: MissingDependencies.self) {
      try bench.plan(document) { $0.finders = ["model": Nothing()] }
    }
    #expect(error?.all.map(\.message) == ["there is no x", "there is no y"])
    let one = #expect(throws: MissingDependency.self) {
      try bench.plan(text(stages[0], last: "s0")) { $0.finders = ["model": Nothing()] }
    }
    #expect(one?.message == "there is no x")
  }
}

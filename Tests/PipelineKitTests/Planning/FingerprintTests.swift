import Foundation
import PipelineKit
import PipelineTesting
import Testing

@Suite struct FingerprintTests {
  let bench: Bench
  init() throws {
    bench = try Bench.planning()
    try bench.write("1", to: "n.json")
    try bench.write("1", to: "same.json")
    try bench.write("2", to: "m.json")
  }

  private func document(
    load: String = "n.json", offset: String = "1", add: String = "number.add", save: String = "x.json"
  ) -> String {
    text(
      """
      "l": {"use": "number.load", "set": {"path": "\(load)"}},
      "a": {"use": "\(add)", "in": {"numbers": ["l.number", "l.number"]}, "set": {"offset": \(offset)}},
      "s": {"use": "number.save", "in": {"number": "a.number"}, "set": {"path": "\(save)"}}
      """)
  }

  @Test("what does not change the result does not change the fingerprint")
  func equal() throws {
    let plan = try bench.plan(document())
    let base = plan.step("a")?.fingerprint
    #expect(base != nil)
    #expect(try bench.plan(document(load: "same.json")).step("a")?.fingerprint == base)
    #expect(try bench.plan(document(offset: "1.0")).step("a")?.fingerprint == base)
    #expect(try bench.plan(document(add: "number.add@1")).step("a")?.fingerprint == base)
    let renamed =
      #"{"stages": {"z": {"set": {"path": "q.json"}, "in": {"number": "y.number"}, "use": "number.save"}, "y": {"set": {"offset": 1}, "in": {"numbers": ["x.number", "x.number"]}, "use": "number.add"}, "x": {"set": {"path": "n.json"}, "use": "number.load"}}, "formatVersion": 1}"#
    #expect(try bench.plan(renamed).step("y")?.fingerprint == base)
    let moved = try bench.plan(document(save: "elsewhere/y.json"))
    #expect(moved.step("s")?.fingerprint == plan.step("s")?.fingerprint)
    #expect(moved.step("s")?.provenance == plan.step("s")?.provenance)
    let other = try bench.plan(document()) {
      $0.outputFolder = URL(filePath: "/tmp/other", directoryHint: .isDirectory)
    }
    #expect(other.step("s")?.fingerprint == plan.step("s")?.fingerprint)
  }

  @Test("what may change the result changes the fingerprint")
  func different() throws {
    let version = try Bench(
      registry: NumberStages.registry([.stub("stub", version: 1) { _ in .number(1) }]))
    let newer = try Bench(registry: NumberStages.registry([.stub("stub", version: 2) { _ in .number(1) }]))
    let stub = text(#""a": {"use": "stub"}"#, last: "a")
    let order = { (links: String) in
      text(
        #""a": {"use": "number.constant"}, "b": {"use": "number.constant", "set": {"value": 2}}, "c": {"use": "number.add", "in": {"numbers": \#(links)}}"#,
        last: "c")
    }
    let prints = [
      try bench.plan(document()).step("a")?.fingerprint,
      try bench.plan(document(load: "m.json")).step("a")?.fingerprint,
      try bench.plan(document(offset: "2")).step("a")?.fingerprint,
      try bench.plan(document()) { $0.environment = ["engine": "1"] }.step("a")?.fingerprint,
      try bench.plan(document()) { $0.environment = ["engine": "2"] }.step("a")?.fingerprint,
      try version.plan(stub).step("a")?.fingerprint, try newer.plan(stub).step("a")?.fingerprint,
      try bench.plan(order(#"["a.number", "b.number"]"#)).step("c")?.fingerprint,
      try bench.plan(order(#"["b.number", "a.number"]"#)).step("c")?.fingerprint,
      try bench.plan(order(#"["a.number", "b.number", "b.number"]"#)).step("c")?.fingerprint,
    ]
    #expect(prints.allSatisfy { $0 != nil })
    #expect(Set(prints).count == prints.count)
    #expect(
      try bench.plan(document(save: "x.json")).step("s")?.fingerprint
        != bench.plan(document(save: "x.png")).step("s")?.fingerprint)
  }

  @Test("what is not pure has no fingerprint, nor has what depends on it")
  func impure() throws {
    let bench = try Bench(stages: [.stub("clock", isPure: false) { _ in .number(1) }])
    let plan = try bench.plan(
      text(
        #""t": {"use": "clock"}, "c": {"use": "number.constant"}, "a": {"use": "number.add", "in": {"numbers": ["c.number", "t.number"]}}"#,
        last: "a"))
    #expect(plan.steps.filter { $0.fingerprint == nil }.map(\.id).sorted() == ["a", "outputs/result", "t"])
  }

  @Test(
    "provenance holds the part of the document the file is made of, digests and versions; never the destination"
  )
  func provenance() throws {
    let plan = try bench.plan(document(save: "secret/place.json")) { $0.environment = ["engine": "1"] }
    let text = try #require(plan.step("s")?.provenance)
    let provenance = try #require(Provenance(json: JSONValue(parsing: text)))
    #expect(provenance.sink == "s")
    #expect(provenance.environment == ["engine": "1"])
    let file = try #require(provenance.files.first)
    #expect(provenance.files.count == 1)
    #expect([file.stage, file.parameter, file.path] == ["l", "path", "n.json"])
    #expect(file.digest == ContentDigest(of: Data("1".utf8)).description)
    #expect(provenance.document["stages"]?["s"]?["set"] == ["path": "result.json"])
    #expect(!text.contains("secret"))
    let again = try bench.plan(JSONWriter.pretty(provenance.document)) { $0.environment = ["engine": "1"] }
    #expect(again.step("s")?.fingerprint == plan.step("s")?.fingerprint)
    #expect(plan.step("a")?.provenance == nil)
  }

  @Test("what provenance tells differently makes another file: names of stages, paths as they are written")
  func origins() throws {
    let plan = try bench.plan(document())
    let renamed = try bench.plan(
      text(
        """
        "x": {"use": "number.load", "set": {"path": "n.json"}},
        "a": {"use": "number.add", "in": {"numbers": ["x.number", "x.number"]}, "set": {"offset": 1}},
        "s": {"use": "number.save", "in": {"number": "a.number"}, "set": {"path": "result.json"}}
        """))
    let elsewhere = try bench.plan(document(load: "same.json"))
    for other in [renamed, elsewhere] {
      #expect(other.step("a")?.fingerprint == plan.step("a")?.fingerprint)
      #expect(other.step("s")?.provenance != plan.step("s")?.provenance)
      #expect(other.step("s")?.fingerprint != plan.step("s")?.fingerprint)
    }
  }

  @Test("the provenance of a document's output replays, though the document is gone")
  func provenanceOfOutput() throws {
    let plan = try bench.plan(text(#""l": {"use": "number.load", "set": {"path": "n.json"}}"#, last: "l"))
    let text = try #require(plan.step("outputs/result")?.provenance)
    let provenance = try #require(Provenance(json: JSONValue(parsing: text)))
    let again = try bench.plan(JSONWriter.pretty(provenance.document))
    #expect(again.step("outputs/result")?.fingerprint == plan.step("outputs/result")?.fingerprint)
  }
}

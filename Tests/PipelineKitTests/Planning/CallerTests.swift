import Foundation
import PipelineKit
import PipelineTesting
import Testing

@Suite struct CallerTests {
  let bench: Bench
  init() throws {
    bench = try Bench.planning()
    try bench.write("5", to: "n.json")
    try bench.write(
      #"{"formatVersion": 1, "inputs": {"numbers": "number"}, "stages": {"twice": {"use": "number.add", "in": {"numbers": ["inputs.numbers", "inputs.numbers"]}}}, "outputs": {"number": "twice.number"}}"#,
      to: "other/twice.json")
  }

  private let chain = text(
    #""c": {"use": "number.constant"}, "a": {"use": "number.add", "in": {"numbers": "c.number"}, "set": {"offset": 1}}, "b": {"use": "number.add", "in": {"numbers": "a.number"}}"#,
    last: "b")

  @Test("unknown names on the command line are said together, with the nearest")
  func unknownNames() throws {
    let found = try bench.faults(chain) {
      $0.settings = ["aa": ["offset": .text("1")], "a": ["ofset": .text("1")]]
      $0.swaps = ["cc": "number.constant"]
      $0.until = "bb"
      $0.inputs = ["x": "n.json"]
    }
    #expect(
      found.messages == [
        "--input x=n.json: the document declares no input 'x'",
        "--set a.ofset: 'number.add' has no parameter 'ofset'",
        "--set aa.offset: there is no stage 'aa'", "--swap cc=number.constant: there is no stage 'cc'",
        "--until bb: there is no stage 'bb'",
      ])
    #expect(found.map(\.suggestion) == [nil, "offset", "a", "c", "b"])
    #expect(found.allSatisfy { $0.location == nil })
  }

  @Test("--set replaces what the document says, in documents within it too")
  func set() throws {
    let document = text(
      #""c": {"use": "number.constant"}, "d": {"use": "other/twice.json", "in": {"numbers": "c.number"}}"#,
      last: "d")
    let plan = try bench.plan(document) {
      $0.settings = ["d/twice": ["offset": .text("4")], "c": ["value": .json(2)]]
    }
    #expect(plan.settings("d/twice") == ["offset": 4])
    #expect(plan.settings("c") == ["value": 2])
  }

  @Test(
    "--swap puts another stage in place; settings and links it does not know are left out, and that is said")
  func swap() throws {
    let plan = try bench.plan(chain) { $0.swaps = ["a": "number.constant"] }
    #expect(plan.steps.map(\.id) == ["a", "b", "outputs/result"])
    #expect(
      plan.remarks == [
        "a: 'number.constant' has no parameter 'offset'; its setting is left out",
        "a: 'number.constant' has no input 'numbers'; its link is left out",
      ])
    #expect(try bench.faults(chain) { $0.swaps = ["a": "number.ad"] }.first?.suggestion == "number.add")
  }

  @Test("--swap takes a document from anywhere")
  func swapDocument() async throws {
    let run = try await bench.run(
      chain,
      asking: {
        $0.swaps = ["a": "./other/twice.json"]
        $0.settings = ["a/twice": ["offset": .text("10")]]
      })
    #expect(run.error == nil)
    #expect(bench.output("result.json") == "[12,8]")
    #expect(
      run.events.warnings == ["a: './other/twice.json' has no parameter 'offset'; its setting is left out"])
  }

  @Test("--until runs no further than a stage, and writes its outputs")
  func until() async throws {
    let run = try await bench.run(chain, asking: { $0.until = "a" })
    #expect(run.events.finished == ["c", "a", "outputs/a.number"])
    #expect(bench.output("a.number.json") == "[2,8]")
  }

  @Test("--until takes a document, or a stage within it")
  func untilDocument() throws {
    let document = text(
      #""c": {"use": "number.constant"}, "d": {"use": "other/twice.json", "in": {"numbers": "c.number"}}, "e": {"use": "number.add", "in": {"numbers": "d.number"}}"#,
      last: "e")
    #expect(
      try bench.plan(document) { $0.until = "d" }.steps.map(\.id) == ["c", "d/twice", "outputs/d.number"])
    #expect(
      try bench.plan(document) { $0.until = "d/twice" }.steps.map(\.id) == [
        "c", "d/twice", "outputs/d/twice.number",
      ])
  }

  @Test("--until a stage that only writes a file runs it")
  func untilSink() throws {
    let document = text(
      #""c": {"use": "number.constant"}, "s": {"use": "number.save", "in": {"number": "c.number"}, "set": {"path": "x.json"}}, "t": {"use": "number.save", "in": {"number": "c.number"}, "set": {"path": "y.json"}}"#
    )
    #expect(try bench.plan(document) { $0.until = "s" }.steps.map(\.id) == ["c", "s"])
  }

  @Test("an input that only optional ports take need not be given, at the root or through documents")
  func optionalInputs() async throws {
    let inner =
      #"{"formatVersion": 1, "inputs": {"a": "number", "b": "number"}, "stages": {"sum": {"use": "number.pair", "in": {"needed": "inputs.a", "wanted": "inputs.b"}}}, "outputs": {"number": "sum.number"}}"#
    let bench = try Bench.planning([
      .stub("number.pair", inputs: [.number("needed"), .number("wanted", .optional)]) { call in
        let values = call.inputs.values.values.joined().compactMap { ($0 as? Number)?.value }
        return .number(values.reduce(0, +))
      }
    ])
    try bench.write(inner, to: "inner.json")
    try bench.write("[1,2]", to: "n.json")
    let outer = inner.replacing("number.pair", with: "inner.json").replacing("needed", with: "a")
      .replacing("wanted", with: "b")
    for document in [inner, outer] {
      let given = try bench.plan(document) { $0.inputs = ["a": "n.json", "b": "n.json"] }
      let left = try bench.plan(document) { $0.inputs = ["a": "n.json"] }
      #expect(given.steps.count == left.steps.count + 1)
      #expect(try bench.plan(JSONWriter.pretty(left.resolved)).resolved == left.resolved)
      #expect(try bench.faults(document).messages == ["the input 'a' is not given"])
    }
    // What an output hands on must be there.
    let handed = inner.replacing(#""outputs": {"#, with: #""outputs": {"b": "inputs.b", "#)
    #expect(
      try bench.faults(handed) { $0.inputs = ["a": "n.json"] }.messages == ["the input 'b' is not given"])
  }

  @Test("--input gives a document's inputs the stage that reads them")
  func inputs() async throws {
    let document = try String(contentsOf: bench.folder.appending(path: "other/twice.json"), encoding: .utf8)
    #expect(try await bench.run(document, asking: { $0.inputs = ["numbers": "n.json"] }).error == nil)
    #expect(bench.output("number.json") == "[10,8]")
    #expect(try bench.faults(document).messages == ["the input 'numbers' is not given"])
    // Declared to have the ports of another document, and read by nothing.
    let more = document.replacing(#""inputs": {"#, with: #""inputs": {"other": "number", "#)
    #expect(try await bench.run(more, asking: { $0.inputs = ["numbers": "n.json"] }).error == nil)
    let missing = try bench.faults(document) { $0.inputs = ["numbers": "none.json"] }
    #expect(missing.messages == ["cannot read 'none.json': no such file"])
    let plan = try bench.plan(document) {
      $0.inputs = ["numbers": "none.json"]
      $0.settings = ["inputs/numbers": ["path": .text("n.json")]]
    }
    #expect(plan.settings("inputs/numbers") == ["path": "n.json"])
    let words =
      #"{"formatVersion": 1, "inputs": {"w": "word"}, "stages": {"n": {"use": "word.count", "in": {"word": "inputs.w"}}}, "outputs": {"n": "n.number"}}"#
    #expect(
      try bench.faults(words).messages == [
        "the document takes a word as 'w', which only another document can give"
      ])
  }

  @Test("standard input is read where - stands")
  func standardInput() throws {
    let document = text(#""a": {"use": "number.load", "set": {"path": "-"}}"#, last: "a")
    #expect(try bench.faults(document).messages == ["standard input is not available here"])
    let file = bench.folder.appending(path: "n.json")
    let plan = try bench.plan(document) { $0.standardInput = { file } }
    #expect(
      plan.step("a")?.components["/stages/a/set/path"] == [
        "sha256": .string(ContentDigest(of: Data("5".utf8)).description)
      ])
  }
}

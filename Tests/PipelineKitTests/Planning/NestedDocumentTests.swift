import Foundation
import PipelineKit
import PipelineTesting
import Testing

@Suite struct NestedDocumentTests {
  let bench: Bench
  init() throws {
    bench = try Bench.planning()
    try bench.write(
      #"{"formatVersion": 1, "notes": "Doubles.", "params": {"offset": {"type": "number", "default": 0}}, "inputs": {"x": "number"}, "stages": {"sum": {"use": "number.add", "in": {"numbers": ["inputs.x", "inputs.x"]}, "set": {"offset": {"$param": "offset"}}}}, "outputs": {"number": "sum.number", "same": "inputs.x"}}"#,
      to: "double.json")
  }

  @Test(
    "a document is a stage: its inputs, params and outputs are ports and settings, and it lies flat in the plan"
  )
  func nested() async throws {
    let document = text(
      """
      "one": {"use": "number.constant"},
      "d": {"use": "./double.json", "in": {"x": "one.number"}, "set": {"offset": 10}},
      "e": {"use": "double.json", "in": {"x": "d.number"}},
      "f": {"use": "double.json", "in": {"x": "e.same"}}
      """, more: #", "outputs": {"e": "e.number", "f": "f.same"}"#)
    let plan = try bench.plan(document)
    #expect(Set(plan.steps.map(\.id)) == ["one", "d/sum", "e/sum", "outputs/e", "outputs/f"])
    #expect(plan.settings("d/sum") == ["offset": 10])
    #expect(plan.resolved["outputs"] == ["e": "e/sum.number", "f": "d/sum.number"])
    #expect(try bench.plan(JSONWriter.pretty(plan.resolved)).resolved == plan.resolved)
    #expect(try await bench.run(document).error == nil)
    #expect(bench.output("e.json") == "[24,8]")
    #expect(bench.output("f.json") == "[12,8]")
  }

  @Test("faults in and around a document are said at their places, each once")
  func faults() throws {
    try bench.write(
      #"{"formatVersion": 1, "inputs": {"x": "numbr"}, "stages": {"a": {"use": "number.ad"}, "b": {"use": "number.constant", "set": {"value": "x"}}}, "outputs": {"o": "b.number"}}"#,
      to: "sub/bad.json")
    try bench.write("{", to: "sub/worse.json")
    let found = try bench.faults(
      text(
        """
        "d": {"use": "double.json", "set": {"ofset": 1, "offset": "1"}, "in": {"y": "d.number"}},
        "e": {"use": "sub/bad.json"}, "f": {"use": "sub/bad.json"}, "g": {"use": "sub/worse.json"},
        "h": {"use": "./none.json"}
        """, more: #", "outputs": {"o": "d.nmber"}"#))
    #expect(
      found.map { "\($0.location?.file ?? ""):\($0.location?.line ?? 0) \($0.message)" }.sorted() == [
        "document.json:1 \"1\" is not a number",
        "document.json:1 'double.json' has no input 'y'",
        "document.json:1 'double.json' has no parameter 'ofset'",
        "document.json:1 'double.json' needs the input 'x'",
        "document.json:1 the stages wait for each other: d → d",
        "document.json:3 'double.json' has no output 'nmber'",
        "document.json:3 cannot read './none.json': there is no such file",
        "sub/bad.json:1 \"x\" is not a number from -1000000 to 1000000",
        "sub/bad.json:1 there is no port type 'numbr'",
        "sub/bad.json:1 there is no stage 'number.ad'",
        "sub/worse.json:1 the text ends inside the object that starts on line 1",
      ])
  }

  @Test("a document that runs itself is refused, directly or by way of others")
  func recursion() throws {
    try bench.write(text(#""a": {"use": "two.json"}"#), to: "one.json")
    try bench.write(text(#""a": {"use": "./one.json"}"#), to: "two.json")
    let document = try PipelineDocument(
      contentsOf: bench.folder.appending(path: "one.json"), named: "docs/one.json")
    let error = #expect(throws: InvalidDocument.self) {
      try Planner(registry: bench.registry).plan(document, bench.request())
    }
    let found = error?.diagnostics ?? []
    #expect(found.messages.first == "'./one.json' runs itself: one.json → two.json → one.json")
    #expect(found.first?.location?.file == "docs/two.json")
  }

  @Test("documents that run each other many times come to an end")
  func explosion() throws {
    for level in 1..<30 {
      let stages = (0..<10).map { #""s\#($0)": {"use": "l\#(level + 1).json"}"# }.joined(separator: ",")
      try bench.write(text(stages), to: "l\(level).json")
    }
    try bench.write(text(""), to: "l30.json")
    let found = try bench.faults(text(#""a": {"use": "l1.json"}"#))
    #expect(found.messages.contains("more than 2000 documents would be run as stages"))
  }

  @Test("what documents come to laid flat is bounded, and said once")
  func stageBound() throws {
    let many = (0..<1000).map { #""s\#($0)": {"use": "number.constant"}"# }.joined(separator: ",")
    try bench.write(text(many), to: "many.json")
    let uses = (0..<300).map { #""u\#($0)": {"use": "many.json"}"# }.joined(separator: ",")
    #expect(
      try bench.faults(text(uses)).messages == ["all documents together would have more than 100000 stages"])
  }

  @Test("documents within documents are bounded, before the stack is")
  func depth() throws {
    for level in 0..<1500 {
      try bench.write(text(#""n": {"use": "d\#(level + 1).json"}"#), to: "d\(level).json")
    }
    try bench.write(text(""), to: "d1500.json")
    #expect(
      try bench.faults(text(#""n": {"use": "d0.json"}"#)).messages == [
        "documents would be run more than 64 deep within each other"
      ])
  }

  @Test("what params grow to from document to document is bounded", arguments: [#"[X, X]"#, #"[[[[X]]]]"#])
  func growth(list: String) throws {
    let value = list.replacing("X", with: #"{"$param": "x"}"#)
    let params = #"{"x": {"type": "any", "default": 1}}"#
    for level in 0..<50 {
      try bench.write(
        text(#""n": {"use": "g\#(level + 1).json", "set": {"x": \#(value)}}"#, params: params),
        to: "g\(level).json")
    }
    try bench.write(text(#""n": {"use": "number.constant"}"#, params: params), to: "g50.json")
    let found = try bench.faults(text(#""n": {"use": "g0.json"}"#))
    #expect(found.contains { $0.message.contains("settings would hold more than") }, "\(found.messages)")
  }

  @Test("a document with a fault is read once, however often it is used")
  func faultyOften() throws {
    try bench.write(#"{"formatVersion": 1}"#, to: "bad.json")
    let uses = (0..<300).map { #""u\#($0)": {"use": "bad.json"}"# }.joined(separator: ",")
    #expect(try bench.faults(text(uses)).messages == ["'stages' is missing"])
  }

  @Test("relative paths start from the document that writes them, params' defaults too")
  func paths() throws {
    try bench.write("1", to: "sub/n.json")
    try bench.write("2", to: "n.json")
    try bench.write(
      #"{"formatVersion": 1, "params": {"p": {"type": "path", "default": "n.json"}}, "stages": {"l": {"use": "number.load", "set": {"path": {"$param": "p"}}}}, "outputs": {"number": "l.number"}}"#,
      to: "sub/load.json")
    let digest = { (set: String) in
      try bench.plan(text(#""d": {"use": "sub/load.json"\#(set)}"#, last: "d")).step("d/l")?.components[
        "/stages/d~1l/set/path"]
    }
    let inner = ContentDigest(of: Data("1".utf8)).description
    let outer = ContentDigest(of: Data("2".utf8)).description
    #expect(try digest("") == ["sha256": .string(inner)])
    #expect(try digest(#", "set": {"p": "n.json"}"#) == ["sha256": .string(outer)])
    #expect(try digest(#", "set": {"p": "sub/n.json"}"#) == ["sha256": .string(inner)])
  }

  @Test("documents that hand on what they are given may be chained by the thousand")
  func passedThrough() throws {
    try bench.write(
      #"{"formatVersion": 1, "inputs": {"x": "number"}, "stages": {}, "outputs": {"number": "inputs.x"}}"#,
      to: "pass.json")
    let stages = (1..<1500).map { #""s\#($0)": {"use": "pass.json", "in": {"x": "s\#($0 - 1).number"}}"# }
    let plan = try bench.plan(
      text(#""s0": {"use": "number.constant"}, "# + stages.joined(separator: ","), last: "s1499"))
    #expect(plan.steps.map(\.id) == ["s0", "outputs/result"])
  }

  @Test("two stages whose ids become the same are refused")
  func collidingIDs() throws {
    let found = try bench.faults(
      text(
        #""c": {"use": "number.constant"}, "d": {"use": "double.json", "in": {"x": "c.number"}}, "d/sum": {"use": "number.constant"}"#,
        last: "d"))
    #expect(found.messages == ["two stages have the id 'd/sum'"])
    let implicit = try bench.faults(
      text(#""outputs/result": {"use": "number.constant"}, "a": {"use": "number.constant"}"#, last: "a"))
    #expect(implicit.messages == ["the id 'outputs/result' is that of the output 'result'"])
  }
}

import Foundation
import PipelineKit
import PipelineTesting
import Testing

@Suite struct LinkTests {
  let bench: Bench
  init() throws { bench = try Bench.planning() }

  @Test("every bad link is said at once, with what would fit")
  func badLinks() throws {
    let found = try bench.faults(
      text(
        """
        "w": {"use": "word.write"},
        "n": {"use": "number.constant"},
        "a": {"use": "number.add", "in": {"numbers": ["w.word", "m.number", "n.numbr", "inputs.x"]}},
        "b": {"use": "word.count", "in": {"word": ["w.word", "w.word"]}},
        "c": {"use": "word.count", "in": {"wrod": "w.word"}},
        "d": {"use": "number.add", "in": {"numbers": []}},
        "e": {"use": "number.constant", "in": {"x": "n.number"}}
        """, more: #", "outputs": {"o": "a.sum", "p": "z.number"}"#))
    #expect(
      found.map { "\($0.location?.line ?? 0) \($0.pointer) \($0.message)" } == [
        "3 /stages/a/in/numbers/0 'w.word' is a word, and 'numbers' takes a number",
        "3 /stages/a/in/numbers/1 there is no stage 'm' in this document",
        "3 /stages/a/in/numbers/2 'number.constant' has no output 'numbr'",
        "3 /stages/a/in/numbers/3 the document declares no input 'x'",
        "4 /stages/b/in/word the input 'word' takes one link",
        "5 /stages/c 'word.count' needs the input 'word': A word.",
        "5 /stages/c/in/wrod 'word.count' has no input 'wrod'",
        "6 /stages/d 'number.add' needs the input 'numbers': The numbers.",
        "7 /stages/e/in/x 'number.constant' has no input 'x'",
        "7 /outputs/o 'number.add' has no output 'sum'",
        "7 /outputs/p there is no stage 'z' in this document",
      ])
    #expect(found[0].expected == "a link to a number, or 'word.count' between the two")
    #expect(found[1].suggestion == "n.number" || found[1].suggestion == "a.number")
    #expect(found[2].suggestion == "n.number")
    #expect(found[6].suggestion == "word")
    #expect(found[8].expected == "no inputs")
  }

  @Test("stages that wait for each other are named in a circle, and other faults with them")
  func cycle() throws {
    let found = try bench.faults(
      text(
        """
        "a": {"use": "number.add", "in": {"numbers": "c.number"}},
        "b": {"use": "number.add", "in": {"numbers": ["x.number", "a.number"]}},
        "c": {"use": "number.add", "in": {"numbers": "b.number"}, "set": {"offset": "1"}},
        "x": {"use": "number.constant"}
        """, last: "c"))
    #expect(
      found.messages == [
        "the stages wait for each other: a → c → b → a", "\"1\" is not a number",
      ])
    #expect(
      try bench.faults(text(#""a": {"use": "number.add", "in": {"numbers": "a.number"}}"#, last: "a"))
        .messages
        == ["the stages wait for each other: a → a"])
  }

  @Test("a version pin holds", arguments: [("@1", true), ("@2", false), ("@", false), ("@x", false)])
  func pins(pin: String, isFine: Bool) throws {
    let found = try bench.faults(text(#""a": {"use": "number.constant\#(pin)"}"#, last: "a"))
    #expect(found.isEmpty == isFine)
    #expect(found.allSatisfy { $0.expected == "number.constant@1" })
  }

  @Test("a pipeline that nothing leaves is refused, also by validate")
  func noResult() throws {
    let document = text(#""a": {"use": "number.constant"}"#)
    #expect(try bench.faults(document).messages == ["nothing leaves this pipeline"])
    #expect(throws: InvalidDocument.self) {
      try Planner(registry: bench.registry).validate(bench.document(document), bench.request())
    }
  }

  @Test("stages that no result needs are not run")
  func unneeded() throws {
    let plan = try bench.plan(
      text(
        #""a": {"use": "number.constant"}, "b": {"use": "number.constant"}, "c": {"use": "number.save", "in": {"number": "a.number"}, "set": {"path": "x.json"}}"#
      ))
    #expect(plan.steps.map(\.id) == ["a", "c"])
  }

  @Test("a chain of ten thousand stages, and as many faults, are planned in no time")
  func longChain() throws {
    let stages = { (port: String) in
      (1..<10_000).map { #""s\#($0)": {"use": "number.add", "in": {"numbers": "s\#($0 - 1).\#(port)"}}"# }
        .joined(separator: ",\n")
    }
    let plan = try bench.plan(text(#""s0": {"use": "number.constant"}, "# + stages("number"), last: "s9999"))
    #expect(plan.steps.count == 10_001)
    #expect(plan.steps.last?.id == "outputs/result")
    let faults = try bench.faults(text(#""s0": {"use": "number.constant"}, "# + stages("sum"), last: "s9999"))
    #expect(faults.count == 9999)
  }
}

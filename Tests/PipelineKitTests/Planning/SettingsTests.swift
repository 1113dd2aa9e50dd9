import Foundation
import PipelineKit
import PipelineTesting
import Testing

@Suite struct SettingsTests {
  let bench: Bench
  init() throws { bench = try Bench.planning() }

  @Test("defaults are filled in, params stand wherever a value may, lists included")
  func resolves() throws {
    let plan = try bench.plan(
      text(
        #""a": {"use": "test.everything@1", "set": {"list": [{"$param": "w"}, 1], "count": {"$param": "n"}, "any": {"deep": [{"x": {"$param": "w"}}]}}}"#,
        last: "a", params: #"{"w": {"type": "number", "default": 0.25}, "n": {"type": "integer"}}"#)
    ) { $0.params = ["n": .text("7")] }
    #expect(
      plan.settings("a") == [
        "flag": true, "count": 7, "weight": 0.5, "text": "t", "mode": "soft", "list": [0.25, 1], "files": [],
        "any": ["deep": [["x": 0.25]]],
      ])
    #expect(plan.resolved["stages"]?["a"]?["use"] == "test.everything@1")
  }

  @Test("a param whose default is null may have no value, where the stage allows that")
  func nullDefault() throws {
    let params = #"{"n": {"type": "integer", "default": null, "minimum": 2}}"#
    let document = text(
      #""a": {"use": "test.everything", "set": {"limit": {"$param": "n"}}}"#, last: "a", params: params)
    #expect(try bench.plan(document).settings("a")?["limit"] == nil)
    #expect(try bench.plan(document) { $0.params = ["n": .text("3")] }.settings("a")?["limit"] == 3)
    #expect(try bench.plan(document) { $0.params = ["n": .text("null")] }.settings("a")?["limit"] == nil)
    let low = try bench.faults(document) { $0.params = ["n": .text("1")] }
    #expect(low.count == 1 && low[0].message.hasSuffix("1 is not an integer of at least 2"))
    let strict = text(
      #""a": {"use": "test.everything", "set": {"count": {"$param": "n"}}}"#, last: "a", params: params)
    #expect(try bench.faults(strict).map(\.message) == ["null is not an integer from 1 to 10"])
  }

  @Test("the resolved document is a document, and resolves to itself")
  func resolvedIsFixed() throws {
    try bench.write("[1, 2]", to: "f.json")
    let plan = try bench.plan(
      text(
        #""a": {"use": "test.everything", "set": {"file": "f.json", "files": ["f.json"], "limit": 2}}, "b": {"use": "number.add", "in": {"numbers": ["a.number", "a.number"]}}"#,
        last: "b"))
    let again = try bench.plan(JSONWriter.pretty(plan.resolved))
    #expect(again.resolved == plan.resolved)
    #expect(again.steps.map(\.fingerprint) == plan.steps.map(\.fingerprint))
  }

  @Test("every bad setting is said at once, with its place")
  func badSettings() throws {
    let found = try bench.faults(
      text(
        """
        "a": {"use": "test.everything", "set": {
          "flag": 1, "count": 11, "weight": -1, "text": null,
          "mode": "sofd", "list": [0, 2, "x"], "limit": 0,
          "files": ["", 1], "file": {}, "any": {"$path": 1},
          "cuont": 1}},
        "b": {"use": "test.everything", "set": {"list": [1], "count": 1.5}}
        """, last: "a"))
    #expect(
      found.map { "\($0.pointer) \($0.message)" } == [
        "/stages/a/set/flag 1 is not true or false",
        "/stages/a/set/count 11 is not an integer from 1 to 10",
        "/stages/a/set/weight -1 is not a number of at least 0",
        "/stages/a/set/text null is not a string",
        "/stages/a/set/mode \"sofd\" is not one of soft, hard",
        "/stages/a/set/list/1 2 is not a number from 0 to 1",
        "/stages/a/set/list/2 \"x\" is not a number from 0 to 1",
        "/stages/a/set/limit 0 is not an integer from 1 to 5",
        "/stages/a/set/files/0 \"\" is not the path of a file to read",
        "/stages/a/set/files/1 1 is not the path of a file to read",
        "/stages/a/set/file an object is not the path of a file to read",
        "/stages/a/set/any only \"$param\" may start with '$'",
        "/stages/a/set/cuont 'test.everything' has no parameter 'cuont'",
        "/stages/b/set/list a list of 1 is not a list with a length from 2 to 3 whose elements are each a number from 0 to 1",
        "/stages/b/set/count 1.5 is not an integer from 1 to 10",
      ])
    #expect(found[4].suggestion == "soft")
    #expect(found[12].suggestion == "count")
    #expect(found.allSatisfy { $0.location != nil && $0.expected != nil })
  }

  @Test("references that lead nowhere are said, with the nearest name")
  func badReferences() throws {
    let found = try bench.faults(
      text(
        #""a": {"use": "test.everything", "set": {"count": {"$param": "cuont"}, "list": [{"$param": 1}, {"$param": "count", "x": 1}]}}"#,
        last: "a", params: #"{"count": {"type": "integer", "default": 1}}"#))
    #expect(
      found.messages == [
        "the document has no param 'cuont'", "a parameter reference has the one member \"$param\", a name",
        "a parameter reference has the one member \"$param\", a name",
      ])
    #expect(found[0].suggestion == "count")
  }

  @Test("params without a value, wrong ones and unknown ones are said together")
  func badParams() throws {
    let document = text(
      #""a": {"use": "test.everything", "set": {"count": {"$param": "n"}, "text": {"$param": "s"}}}"#,
      last: "a",
      params: #"{"n": {"type": "integer", "maximum": 5}, "s": {"type": "string", "help": "What it says."}}"#)
    let found = try bench.faults(document) { $0.params = ["n": .text("6"), "m": .text("1")] }
    #expect(
      found.messages == [
        "--param m: the document has no param 'm'", "--param n: 6 is not an integer of at most 5",
        "the param 's' has no value: What it says.",
      ])
    #expect(found[2].expected == "--param s=… (a string)")
    #expect(throws: Never.self) {
      try Planner(registry: bench.registry).validate(bench.document(document), bench.request())
    }
  }

  @Test(
    "text from a command line is read as its parameter's kind demands",
    arguments: [
      ("flag", "false", false), ("count", "4", 4), ("weight", "1e2", 100), ("text", "7", "7"),
      ("text", "", ""), ("mode", "hard", "hard"),
      ("list", "[0.5,0.5]", [0.5, 0.5]), ("limit", "2", 2), ("any", "{\"a\":[1]}", ["a": [1]]),
      ("any", "word", "word"),
    ] as [(String, String, JSONValue)])
  func commandLine(name: String, given: String, value: JSONValue) throws {
    let plan = try bench.plan(text(#""a": {"use": "test.everything"}"#, last: "a")) {
      $0.settings = ["a": [name: .text(given)]]
    }
    #expect(plan.settings("a")?[name] == value)
  }

  @Test(
    "text that is no such value is said as it was given",
    arguments: [
      ("flag", "yes", "--set a.flag: \"yes\" is not true or false"),
      ("count", "three", "--set a.count: \"three\" is not an integer from 1 to 10"),
      ("count", "9007199254740993", "--set a.count: 9007199254740993 cannot be kept exactly"),
      ("limit", "9", "--set a.limit: 9 is not an integer from 1 to 5"),
      (
        "any", "{\"$path\": [\"/etc/passwd\", \"/\", false, null]}", "--set a.any: no name may start with '$'"
      ),
    ])
  func badCommandLine(name: String, given: String, message: String) throws {
    let found = try bench.faults(text(#""a": {"use": "test.everything"}"#, last: "a")) {
      $0.settings = ["a": [name: .text(given)]]
    }
    #expect(found.messages == [message])
  }

  @Test("an optional parameter takes null, from the document and from the caller")
  func optional() throws {
    let stage = text(#""a": {"use": "test.everything", "set": {"limit": null, "file": null}}"#, last: "a")
    #expect(try bench.plan(stage).settings("a")?["limit"] == nil)
    let given = try bench.plan(text(#""a": {"use": "test.everything", "set": {"limit": 2}}"#, last: "a")) {
      $0.settings = ["a": ["limit": .text("null")]]
    }
    #expect(given.settings("a")?["limit"] == nil)
  }

  @Test("settings that do not fit together are said at the parameter, beside all other faults")
  func conflict() throws {
    let found = try bench.faults(
      text(
        """
        "a": {"use": "test.everything", "set": {"limit": 5}},
        "b": {"use": "number.load", "set": {"path": "none.json"}},
        "c": {"use": "number.load", "set": {"path": "../up.json"}},
        "d": {"use": "test.everythin"}
        """, last: "a"))
    #expect(
      found.map { "\($0.location?.line ?? 0) \($0.pointer) \($0.message)" } == [
        "1 /stages/a/set/limit the limit 5 exceeds the count 3",
        "2 /stages/b/set/path cannot read 'none.json': no such file",
        "3 /stages/c/set/path '../up.json' lies outside the document's folder; the caller may allow it with --allow-path FOLDER",
        "4 /stages/d/use there is no stage 'test.everythin'",
      ])
    #expect(found[3].suggestion == "test.everything")
  }

  @Test(
    "a param of a type that never fits is found before it has a value",
    arguments: [
      ("string", "count", false), ("number", "count", true), ("integer", "weight", true),
      ("boolean", "flag", true),
      ("boolean", "text", false), ("string", "mode", true), ("string", "files", false),
      ("array", "files", true),
      ("array", "list", true), ("path", "file", true), ("path", "text", false), ("path", "any", false),
      ("any", "count", true),
      ("integer", "limit", true), ("string", "limit", false), ("any", "file", true), ("path", "files", false),
    ])
  func openParam(type: String, parameter: String, fits: Bool) throws {
    let document = try bench.document(
      text(
        #""a": {"use": "test.everything", "set": {"\#(parameter)": {"$param": "p"}}}"#, last: "a",
        params: #"{"p": {"type": "\#(type)"}}"#))
    do {
      try Planner(registry: bench.registry).validate(document, bench.request())
      #expect(fits)
    } catch {
      #expect(!fits)
      #expect(error.diagnostics.map(\.pointer.description) == ["/stages/a/set/\(parameter)"])
    }
  }
}

import FileTesting
import Foundation
import PipelineKit
import PipelineTesting
import Testing

@Suite struct DocumentTests {
  @Test("a document is read: params, inputs, stages, links, outputs")
  func reads() throws {
    let document = try document(
      """
      {"$schema": "x", "formatVersion": 1, "notes": ["any", 1],
       "params": {"p": {"type": "integer", "default": 2, "minimum": 1, "maximum": 3, "help": "H.", "notes": 0},
                  "q": {"type": "string", "choices": ["a", "b"]}},
       "inputs": {"scene": "number"},
       "stages": {"a/b-c_1": {"use": "s@2", "in": {"x": "inputs.scene", "y": ["d.e", "f/g.h"]}, "set": {"n": [1]}, "notes": ""}},
       "outputs": {"o": "a/b-c_1.x"}}
      """)
    #expect(
      document.params["p"]
        == ParameterDescriptor(
          name: "p", kind: .integer(Bounds(minimum: 1, maximum: 3)), defaultValue: 2, help: "H."))
    #expect(document.params["q"]?.kind == .choice(["a", "b"]))
    #expect(document.params["q"]?.isRequired == true)
    #expect(document.inputs == ["scene": "number"])
    #expect(
      document.stages["a/b-c_1"]
        == StageDeclaration(
          use: "s@2",
          links: [
            "x": [Link(stage: "inputs", port: "scene")],
            "y": [Link(stage: "d", port: "e"), Link(stage: "f/g", port: "h")],
          ],
          settings: ["n": [1]]))
    #expect(document.outputs["o"]?.description == "a/b-c_1.x")
  }

  @Test("every fault is said at once, in the document's order, with its place and what would be right")
  func allFaults() {
    let found = documentFaults(
      """
      {
        "formatversion": 1,
        "params": {
          "a b": {"type": "string"},
          "n": {"type": "integr", "help": 3},
          "m": {"type": "integer", "minimum": "1", "default": 1.5},
          "s": {"type": "string", "minimum": 1},
          "c": {"type": "number", "choices": ["x"]},
          "d": {"type": "string", "choices": ["x"], "default": "y"},
          "e": {"default": 1},
          "f": 7,
          "g": {"type": "number", "minimum": 2, "maximum": 1}
        },
        "inputs": {"i": 3},
        "stages": {
          "inputs": {"use": "x"},
          "x": {"usee": "y", "in": {"p": 1}},
          "y": {"use": "y", "in": {"p": "nolink", "q": [1, "a.b.c"]}, "set": []},
          "z": null
        },
        "outputs": ["x"]
      }
      """)
    #expect(
      found.map { "\($0.location?.line ?? 0):\($0.location?.column ?? 0) \($0.pointer) \($0.message)" } == [
        "1:1  'formatVersion' is missing",
        "2:3 /formatversion unknown key 'formatversion'",
        "4:5 /params/a b 'a b' cannot be a name",
        "5:19 /params/n/type there is no parameter type 'integr'",
        "5:37 /params/n/help a number stands here",
        "6:41 /params/m/minimum a string is no bound",
        "6:57 /params/m/default 1.5 is not an integer",
        "7:10 /params/s only a number has a minimum or a maximum",
        "8:40 /params/c/choices 'choices' does not fit",
        "9:58 /params/d/default \"y\" is not one of x",
        "10:10 /params/e the parameter says no 'type'",
        "11:10 /params/f a number stands here",
        "12:10 /params/g no number is at least the minimum and at most the maximum",
        "14:19 /inputs/i a number stands here",
        "16:5 /stages/inputs 'inputs' names the document's own inputs",
        "17:10 /stages/x stage 'x' says no 'use'",
        "17:11 /stages/x/usee unknown key 'usee'",
        "17:36 /stages/x/in/p a number stands here",
        "18:35 /stages/y/in/p \"nolink\" is no link",
        "18:51 /stages/y/in/q/0 a number stands here",
        "18:54 /stages/y/in/q/1 \"a.b.c\" is no link",
        "18:72 /stages/y/set 'set' is an array",
        "19:10 /stages/z null stands here",
        "21:14 /outputs 'outputs' is an array",
      ])
    #expect(found[1].suggestion == "formatVersion")
    #expect(found[3].suggestion == "integer")
    #expect(found[15].expected == "\"use\": the name of a stage")
    #expect(found[16].suggestion == "use")
  }

  @Test(
    "what is no object of format 1 is refused",
    arguments: [
      ("[]", "an array stands here"), (#"{"stages": {}}"#, "'formatVersion' is missing"),
      (#"{"formatVersion": 2, "stages": {}}"#, "this program reads format version 1"),
      (#"{"formatVersion": "1", "stages": {}}"#, "this program reads format version 1"),
      (#"{"formatVersion": 1}"#, "'stages' is missing"),
    ])
  func notADocument(text: String, message: String) {
    #expect(documentFaults(text).map(\.message).contains(message))
  }

  @Test(
    "a param's default is held against its type",
    arguments: [
      (#""type": "boolean", "default": 1"#, "1 is not true or false"),
      (#""type": "string", "default": 7"#, "7 is not a string"),
      (#""type": "path", "default": """#, "\"\" is not the path of a file"),
      (
        #""type": "array", "default": {}"#,
        "an object is not a list whose elements are each any JSON value but a path"
      ),
      (#""type": "number", "minimum": 1, "default": 0.5"#, "0.5 is not a number of at least 1"),
      (#""type": "integer", "default": 1e300"#, "1e+300 is not an integer"),
      (#""type": "integer", "default": 9007199254740994.0"#, "9007199254740994 is not an integer"),
    ])
  func defaults(param: String, message: String) {
    let found = documentFaults(#"{"formatVersion": 1, "params": {"p": {\#(param)}}, "stages": {}}"#)
    #expect(found.map(\.message) == [message])
  }

  @Test(
    "no default can pass for a path that planning has tied to a folder",
    arguments: [
      #""type": "path", "default": {"$path": ["/etc/passwd", "/", false, null]}"#,
      #""type": "any", "default": {"$path": ["/etc/passwd", "/", false, null]}"#,
      #""type": "array", "default": [{"a": {"$path": ["/etc/passwd", "/", false, null]}}]"#,
    ])
  func forgedPath(param: String) {
    let found = documentFaults(#"{"formatVersion": 1, "params": {"p": {\#(param)}}, "stages": {}}"#)
    #expect(found.map(\.message) == ["no name in a default may start with '$'"])
  }

  @Test("a file that cannot be read is named as its user named it")
  func unreadable() throws {
    let folder = try TemporaryFolder()
    let missing = #expect(throws: UnreadableDocument.self) {
      try PipelineDocument(contentsOf: folder["none.json"], named: "none.json")
    }
    #expect(missing?.description == "cannot read 'none.json': there is no such file")
    #expect(throws: UnreadableDocument.self) { try PipelineDocument(contentsOf: folder.url) }
  }

  private func document(_ text: String) throws -> PipelineDocument {
    try PipelineDocument(
      JSONParser.parse(Data(text.utf8), file: "d.json"),
      folder: URL(filePath: "/tmp", directoryHint: .isDirectory))
  }

  private func documentFaults(_ text: String) -> [Diagnostic] {
    do {
      _ = try document(text)
      return []
    } catch let invalid as InvalidDocument {
      return invalid.diagnostics
    } catch {
      Issue.record(error)
      return []
    }
  }
}

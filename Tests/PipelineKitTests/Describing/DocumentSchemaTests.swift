import Foundation
import PipelineKit
import PipelineTesting
import Testing

@Suite struct DocumentSchemaTests {
  let bench: Bench
  let schema: JSONValue
  init() throws {
    bench = try Bench.planning()
    schema = DocumentSchema.json(for: bench.registry)
  }

  private func stage(_ name: String) throws -> JSONValue {
    try #require(schema["$defs"]?["stages"]?[name]?["properties"])
  }

  @Test(
    "what a stage is decides what it may have; every stage is there with its name and version, beside documents"
  )
  func stages() throws {
    let any: JSONValue = ["$ref": "#/$defs/stage"]
    #expect(schema["properties"]?["stages"]?["additionalProperties"] == any)
    let stage = try #require(schema["$defs"]?["stage"])
    let names = stage["properties"]?["use"]?["anyOf"]?.array?.first?["enum"]?.array ?? []
    #expect(names.count == 2 * bench.registry.stages.count && names.contains("number.add@1"))
    let cases = stage["allOf"]?.array ?? []
    #expect(cases.count == bench.registry.stages.count + 1)
    let use: JSONValue = ["enum": ["number.add", "number.add@1"]]
    let add = try #require(cases.first { $0["if"]?["properties"]?["use"] == use })
    #expect(add["then"] == ["$ref": "#/$defs/stages/number.add"] && add["if"]?["required"] == ["use"])
    #expect(schema["properties"]?["inputs"]?["additionalProperties"] == ["enum": ["number", "word"]])
  }

  @Test("a setting has its bounds, default and help, and may be a param, as may elements of a list")
  func settings() throws {
    let settings = try #require(stage("test.everything")["set"]?["properties"])
    let param: JSONValue = ["$ref": "#/$defs/param"]
    #expect(
      settings["count"] == [
        "anyOf": [["type": "integer", "minimum": 1, "maximum": 10], param], "description": "A count.",
        "default": 3,
      ])
    #expect(
      settings["list"] == [
        "anyOf": [
          [
            "type": "array", "minItems": 2, "maxItems": 3,
            "items": ["anyOf": [["type": "number", "minimum": 0, "maximum": 1], param]],
          ], param,
        ], "description": "Numbers.", "default": [0, 1],
      ])
    #expect(
      settings["limit"] == [
        "anyOf": [["anyOf": [["type": "integer", "minimum": 1, "maximum": 5], param]], ["type": "null"]],
        "description": "A limit.",
      ])
    #expect(settings["any"] == ["description": "Anything."])
    #expect(try stage("test.everything")["set"]?["required"] == [])
    #expect(try stage("number.load")["set"]?["required"] == ["path"])
  }

  @Test("a port takes a link or a list of them, required ones must be there")
  func ports() throws {
    let input = try #require(stage("word.count")["in"])
    #expect(input["required"] == ["word"])
    #expect(input["properties"]?["word"]?["anyOf"]?.array?.last?["maxItems"] == 1)
    #expect(
      try stage("number.add")["in"]?["properties"]?["numbers"]?["anyOf"]?.array?.last?["maxItems"] == nil)
  }
}

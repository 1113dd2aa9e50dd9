@testable import Experiments
import Foundation
import PipelineKit
import PipelineTesting
import Testing

@Suite("Faults of an experiment are said before it runs")
struct ExperimentFaultTests {
  private let trial: Trial

  init() throws { trial = try Trial() }

  private func faults(_ members: String) throws -> [Diagnostic] {
    try trial.faults(#"{"formatVersion": 1, "pipeline": "pipeline.json", \#(members)}"#)
  }

  @Test(
    "each with its place, and the nearest name",
    arguments: [
      (#""axes": {"guidnce": [1]}"#, "the pipeline has no param or input 'guidnce'", "guidance"),
      (#""axs": {}"#, "unknown key 'axs'", "axes"),
      (#""params": {"sed": 1}"#, "'param:sed' names nothing", "seed"),
      (#""measures": {"m": "pictur.x"}"#, "the pipeline has no output 'pictur'", "picture.x"),
      (#""axes": {"seed": [1]}, "zip": [["seed", "guidance"]]"#, "there is no axis 'guidance'", nil),
    ] as [(String, String, String?)])
  func names(_ members: String, _ message: String, _ suggestion: String?) throws {
    let found = try #require(try faults(members).first)
    #expect(found.message == message && found.suggestion == suggestion && found.location != nil)
  }

  @Test("a pipeline's presets are values of 'preset'; where it has none, nothing is called so")
  func presets() throws {
    let document = try PipelineDocument(
      JSONParser.parse(
        Data(#"{"formatVersion": 1, "stages": {}, "presets": {"draft": {"params": {}}}}"#.utf8),
        file: "pipeline.json"),
      folder: .currentDirectory())
    var request = PlanRequest(workingFolder: .currentDirectory(), outputFolder: .currentDirectory())
    try Target("preset", of: document).set(Assignment("preset", .string("draft")), in: &request)
    #expect(request.preset == "draft")
    let found = try faults(#""axes": {"preset": ["draft"]}"#)
    #expect(found.first?.message == "the pipeline has no param or input 'preset'")
  }

  @Test("a value that only a stage of a document within refuses is told by its line")
  func valuesWithin() throws {
    try trial.bench.write(
      """
      {"formatVersion": 1, "inputs": {"scene": "number"},
       "params": {"strength": {"type": "number", "default": 5}, "seed": {"type": "integer", "default": 0}},
       "stages": {"inner": {"use": "./pipeline.json", "in": {"scene": "inputs.scene"},
                            "set": {"guidance": {"$param": "strength"}, "seed": {"$param": "seed"}}}},
       "outputs": {"picture": "inner.picture"}}
      """, to: "outer.json")
    let lines = (0..<50).map { "\($0 == 40 ? -1 : $0 % 7),\($0)" }
    try trial.bench.write((["strength,seed"] + lines).joined(separator: "\n"), to: "rows.csv")
    let found = try trial.faults(
      #"{"formatVersion": 1, "pipeline": "outer.json", "inputs": {"scene": "in/1.json"}, "rows": {"table": "rows.csv"}}"#
    )
    #expect(found.count == 1 && found[0].message.hasPrefix("rows.csv:42: "), "\(found.map(\.message))")
    try trial.bench.write("strength,seed\n1,2\n1,2.5\n", to: "rows.csv")
    let other = try trial.faults(
      #"{"formatVersion": 1, "pipeline": "outer.json", "inputs": {"scene": "in/1.json"}, "rows": {"table": "rows.csv"}}"#
    )
    #expect(other.count == 1 && other[0].message.hasPrefix("rows.csv:3: "), "\(other.map(\.message))")
  }

  @Test("measures of the command line, too")
  func measures() throws {
    var experiment = try trial.experiment(#"{"formatVersion": 1, "pipeline": "pipeline.json"}"#)
    let unknown = #expect(throws: InvalidDocument.self) { try experiment.measure("m", "pictur.x") }
    #expect(unknown?.diagnostics.first?.suggestion == "picture.x")
    #expect(throws: InvalidDocument.self) { try experiment.measure("m", "picture") }
    try experiment.measure("m", "picture.x.y")
    #expect(experiment.measures["m"]?.path == ["x", "y"])
  }

  @Test("axes without values, with a value twice, and of different lengths")
  func axes() throws {
    #expect(try faults(#""axes": {"seed": []}"#).first?.message == "the axis has no values")
    #expect(try faults(#""axes": {"seed": [1, 1]}"#).first?.message == "a value stands twice on the axis")
    #expect(
      try faults(#""axes": {"seed": {"from": 4, "to": 1}}"#).first?.message.contains("no range") == true)
    let zipped = try faults(#""axes": {"seed": [1, 2], "guidance": [1]}, "zip": [["seed", "guidance"]]"#)
    #expect(zipped.first?.message == "zipped axes have different lengths: seed has 2, guidance has 1")
  }

  @Test("values of other kinds, stages that are not there, and inputs that are not given")
  func values() throws {
    let found = try faults(
      #""inputs": {"scene": "in/1.json"}, "axes": {"guidance": [1, -2], "pant.seed": [1]}"#)
    #expect(found.contains { $0.message.contains("-2") }, "\(found.map(\.message))")
    #expect(
      found.contains { $0.suggestion == "paint" || $0.message.contains("pant") }, "\(found.map(\.message))")
  }

  @Test("rows that would be called the same, and names that do not vary")
  func collisions() throws {
    let same = try faults(
      #""inputs": {"scene": "in/1.json"}, "axes": {"guidance": [1, 2], "seed": [1, 2]}, "name": "{seed}""#)
    #expect(same.count == 2 && same.allSatisfy { $0.message.contains("are both called '") })
    let unknown = try faults(
      #""inputs": {"scene": "in/1.json"}, "axes": {"guidance": [1, 2]}, "name": "{guidanc}""#)
    #expect(unknown.first?.suggestion == "guidance")
  }

  @Test(
    "lines of a table: unknown columns, values of other kinds, absent files, ragged rows; each by its line")
  func tables() throws {
    try trial.bench.write("scene,guidance\nin/1.json,high\nin/9.json,1\n", to: "rows.csv")
    let found = try faults(#""rows": {"table": "rows.csv"}"#).map(\.message)
    #expect(found.contains { $0.hasPrefix("rows.csv:2: ") && $0.contains("high") }, "\(found)")
    #expect(found.contains("rows.csv:3: the input 'scene': there is no file 'in/9.json'"), "\(found)")
    try trial.bench.write("scene,guidance\nin/1.json\n", to: "rows.csv")
    #expect(
      try faults(#""rows": {"table": "rows.csv"}"#).map(\.message).contains(
        "rows.csv:2: 1 values, and the first line names 2 columns"))
    // One broken line hides no other.
    try trial.bench.write("scene,guidance\nin/1.json\nin/9.json,1\nin/1.json,2,3\n", to: "rows.csv")
    let broken = try faults(#""rows": {"table": "rows.csv"}"#).map(\.message)
    #expect(
      broken.map { String($0.prefix(11)) } == ["rows.csv:2:", "rows.csv:3:", "rows.csv:4:"], "\(broken)")
    try trial.bench.write("scen,guidance,sed\nin/1.json,1,2\n", to: "rows.csv")
    let columns = try faults(#""rows": {"table": "rows.csv"}"#)
    #expect(columns.map(\.suggestion) == ["scene", "seed"])
    #expect(columns.allSatisfy { $0.message.hasPrefix("rows.csv:1: ") })
    try trial.bench.write("scene,scene\n", to: "rows.csv")
    #expect(
      try faults(#""rows": {"table": "rows.csv"}"#).map(\.message) == [
        "rows.csv:1: two columns are named 'scene'"
      ])
    #expect(try faults(#""rows": {"table": "none.csv"}"#).first?.message.contains("cannot be read") == true)
    try trial.bench.write("scene\n", to: "rows.csv")
    #expect(try faults(#""rows": {"table": "rows.csv"}"#).map(\.message) == ["the experiment has no rows"])
  }

  @Test("rows that set the same are refused even where their numbers tell their names apart")
  func twice() throws {
    try trial.bench.write("scene,guidance\nin/1.json,2\nin/1.json,3\nin/1.json,2\n", to: "rows.csv")
    let found = try faults(#""rows": {"table": "rows.csv"}, "axes": {"seed": [1, 2]}, "name": "{row}""#).map(
      \.message)
    #expect(
      found == ["rows.csv:4: the rows 1 and 5 set the same", "rows.csv:4: the rows 2 and 6 set the same"],
      "\(found)")
    #expect(
      try faults(
        #""inputs": {"scene": "in/1.json"}, "axes": {"seed": [1, 2], "guidance": [1, 2]}, "name": "{row}""#
      ).isEmpty)
  }

  @Test("tables in other encodings, and with other separators, are refused for that")
  func encodings() throws {
    let table = trial.bench.folder.appending(path: "rows.csv")
    for (bytes, words) in [
      (Array("scene\nin/caf".utf8) + [0xE9] + Array(".json\n".utf8), "rows.csv:2: this line is not in UTF-8"),
      ([0xFF, 0xFE] + "scene\n".utf16.flatMap { [UInt8($0), 0] }, "is in UTF-16"),
      (Array("scene;guidance\nin/1.json;2\n".utf8), "separated by semicolons"),
      (Array("scene\tguidance\nin/1.json\t2\n".utf8), "separated by tabs"),
    ] as [([UInt8], String)] {
      try Data(bytes).write(to: table)
      let found = try faults(#""rows": {"table": "rows.csv"}"#).map(\.message)
      #expect(found.count == 1 && found[0].contains(words), "\(found)")
    }
  }

  @Test("rows of objects are called by their members, in any order; faults of several lines are said at once")
  func objects() throws {
    try trial.bench.write(
      """
      {"scene": "in/1.json", "guidance": 2}
      {"guidance": 3, "scene": "in/2.json"}
      """, to: "rows.jsonl")
    #expect(try faults(#""rows": {"table": "rows.jsonl"}"#).isEmpty)
    #expect(try faults(#""rows": {"table": "rows.jsonl"}, "name": "{guidance}""#).isEmpty)
    try trial.bench.write(
      """
      {"scene": "in/1.json", "guidnce": 2}
      [1]
      {"scene": "in/2.json", "scene": "in/1.json"}
      {"scene": "in/9.json", "guidance": 1}
      """, to: "rows.jsonl")
    let found = try faults(#""rows": {"table": "rows.jsonl"}"#).map(\.message)
    #expect(
      (1...4).allSatisfy { line in found.contains { $0.hasPrefix("rows.jsonl:\(line): ") } }, "\(found)")
  }

  @Test("a pipeline that is not there, or has faults itself")
  func pipeline() throws {
    let absent = try trial.faults(#"{"formatVersion": 1, "pipeline": "none.json"}"#)
    #expect(absent.first?.message == "cannot read 'none.json': there is no such file")
    try trial.bench.write(#"{"formatVersion": 1, "stages": {"a": {}}}"#, to: "broken.json")
    let broken = try trial.faults(#"{"formatVersion": 1, "pipeline": "broken.json"}"#)
    #expect(broken.first?.location?.file == "broken.json")
  }
}

import PipelineKit
import PipelineTesting
import Testing

@Suite("Names of results from params")
struct ResultNameTests {
  private let bench: Bench
  private let document: PipelineDocument

  init() throws {
    bench = try Bench()
    document = try bench.document(
      """
      {"formatVersion": 1, "inputs": {"scene": "number"},
       "params": {"guidance": {"type": "number", "default": 5}, "seed": {"type": "integer", "default": 321},
                  "photo": {"type": "path", "default": "in/room.jpg"}, "style": {"type": "string"},
                  "size": {"type": "integer", "default": null}},
       "stages": {"s": {"use": "number.constant"}}, "outputs": {"n": "s.number"}}
      """)
  }

  private func filled(_ pattern: String, _ ask: (inout PlanRequest) -> Void = { _ in }) throws -> String {
    try ResultNames(document, bench.request(ask)).filled(pattern, option: "--out")
  }

  private func fault(_ pattern: String) -> Diagnostic? {
    #expect(throws: InvalidDocument.self) { try filled(pattern) }?.diagnostics.first
  }

  @Test("hold defaults, what the caller gives, and files by their names alone")
  func values() throws {
    #expect(try filled("runs/{guidance}-{seed}") == "runs/5-321")
    let name = try filled("{photo}/{scene}_{style}-{guidance}") {
      $0.params = ["style": .text("../flat/big"), "guidance": .json(2.5)]
      $0.inputs = ["scene": "/far/away/room.two.png"]
    }
    #expect(name == "room/room.two_..-flat-big-2.5")
    #expect(try filled("plain/äö") == "plain/äö")
    #expect(try filled("{{seed}} {seed}") == "{seed} 321")
  }

  @Test("a name that is not there, or has no value, is a fault that says what there is")
  func faults() {
    #expect(fault("{guidnce}")?.suggestion == "guidance")
    #expect(fault("{guidnce}")?.message == "--out {guidnce}: the document has no param or input 'guidnce'")
    #expect(fault("{style}")?.message == "--out {style}: the param 'style' has no value")
    #expect(fault("{size}")?.message == "--out {size}: the param 'size' has no value")
    #expect(fault("{scene}")?.message == "--out {scene}: the input 'scene' is not given")
    #expect(fault("a{b")?.message == "--out a{b: a brace stands alone")
    #expect(fault("a}b")?.message == "--out a}b: a brace stands alone")
  }
}

import PipelineKit
import PipelineTesting
import Testing

@Suite("Presets")
struct PresetTests {
  private let bench: Bench

  init() throws { bench = try Bench() }

  private func text(_ presets: String) -> String {
    """
    {"formatVersion": 1,
     "params": {"value": {"type": "number", "default": 5, "minimum": 0}, "offset": {"type": "number", "default": 1}},
     "presets": \(presets),
     "stages": {"c": {"use": "number.constant", "set": {"value": {"$param": "value"}}},
                "a": {"use": "number.add", "in": {"numbers": ["c.number"]}, "set": {"offset": {"$param": "offset"}}}},
     "outputs": {"result": "a.number"}}
    """
  }

  private let presets = #"{"draft": {"params": {"value": 2}, "help": "Fast."}, "reference": {"params": {}}}"#

  @Test("a preset gives params their values; what the caller gives wins, and the rest keep their defaults")
  func values() throws {
    func settings(_ preset: String?, _ params: [String: PlanRequest.GivenValue] = [:]) throws -> [JSONValue?]
    {
      let plan = try bench.plan(text(presets)) { ($0.preset, $0.params) = (preset, params) }
      return [plan.settings("c")?["value"], plan.settings("a")?["offset"]]
    }
    #expect(try settings(nil) == [5, 1])
    #expect(try settings("draft") == [2, 1])
    #expect(try settings("draft", ["value": .text("7"), "offset": .json(3)]) == [7, 3])
    #expect(try settings("reference") == [5, 1])
  }

  @Test("an unknown preset is said with the nearest, and names of results tell what a preset sets")
  func names() throws {
    let fault = try #require(try bench.faults(text(presets)) { $0.preset = "draf" }.first)
    #expect(fault.message == "--preset draf: the document has no preset 'draf'")
    #expect(fault.suggestion == "draft" && fault.expected == "one of draft, reference")
    let document = try bench.document(text(presets))
    let names = ResultNames(document, bench.request { $0.preset = "draft" })
    #expect(try names.filled("{value}-{offset}", option: "--out") == "2-1")
  }

  @Test(
    "faults of a preset are said with their place",
    arguments: [
      (#"{"draft": {"params": {"valu": 2}}}"#, "the document has no param 'valu'"),
      (#"{"draft": {"params": {"value": -1}}}"#, "-1"),
      (#"{"draft": {"params": {"value": "two"}}}"#, "two"),
      (#"{"draft": {"params": {"value": {"$param": "offset"}}}}"#, "'$'"),
      (#"{"draft": {"help": "Fast."}}"#, "'params' is missing"),
      (#"{"draft": {"params": {}, "hlp": ""}}"#, "unknown key 'hlp'"),
      (#"{"dr aft": {"params": {}}}"#, "cannot be a name"),
    ])
  func faults(presets: String, word: String) throws {
    let fault = try #require(try bench.faults(text(presets)).first)
    #expect(fault.message.contains(word), "\(fault.message)")
    #expect(fault.location != nil && fault.pointer.description.hasPrefix("/presets"))
  }

  @Test("a document's help lists its params and presets")
  func help() throws {
    let document = try bench.document(text(presets))
    let descriptor = try Planner(registry: bench.registry).descriptor(of: document, named: "sums.json")
    let page = StageHelp.page(descriptor, presets: document.presets)
    #expect(page.contains("value = 5") && page.hasPrefix("sums.json\n"))
    #expect(page.contains("draft      Fast. Sets value 2."))
    #expect(page.contains("reference  Every param has its default."))
    #expect(page.contains(#""sums": {"use": "sums.json"}"#))
  }
}

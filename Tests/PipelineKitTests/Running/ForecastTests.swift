import Foundation
import PipelineTesting
import Testing

@testable import PipelineKit

@Suite struct ForecastTests {
  let bench: Bench
  init() throws {
    bench = try Bench(stages: [
      .stub("clock", effort: .waiting, isPure: false) { _ in .number(1) },
      .stub("weak", effort: .waiting) { call in
        guard call.numbers[0] < 100 else { throw StageFailure("too much") }
        return .number(1)
      },
    ])
  }

  private func document(value: String = "1", offset: String = "0") -> String {
    text(
      """
      "c": {"use": "number.constant", "set": {"value": \(value)}},
      "k": {"use": "number.add", "in": {"numbers": "c.number"}, "set": {"offset": \(offset)}},
      "w": {"use": "weak", "in": {"a": "k.number"}}
      """, last: "w")
  }

  private func fates(_ text: String, _ ask: (inout PlanRequest) -> Void = { _ in }) throws -> [String: String]
  {
    let forecast = try RunForecast(bench.plan(text, ask), store: bench.store)
    return Dictionary(uniqueKeysWithValues: forecast.entries.map { ($0.step, $0.fate.phrase) })
  }

  @Test("before the first run, everything runs for the first time")
  func firstRun() throws {
    #expect(
      try fates(document()) == [
        "c": "runs every time, being cheap", "k": "runs for the first time", "w": "runs for the first time",
        "outputs/result": "runs for the first time",
      ])
  }

  @Test("afterwards, results are kept")
  func kept() async throws {
    _ = try await bench.run(document())
    let forecast = try RunForecast(bench.plan(document()), store: bench.store)
    #expect(forecast.entries.last?.fate == .cached)
    #expect(forecast.entries.dropLast().allSatisfy { $0.fate == .unneeded })
    #expect(forecast.entries.allSatisfy { $0.lastSeconds != nil })
  }

  @Test("a change is said with old and new value, also through cheap stages before")
  func changed() async throws {
    _ = try await bench.run(document())
    let fates = try fates(document(value: "2", offset: "3"))
    #expect(fates["k"] == "runs because of /stages/k/set/offset: 0 → 3; /stages/c/set/value: 1 → 2")
    #expect(fates["w"] == "runs because of /stages/k/set/offset: 0 → 3; /stages/c/set/value: 1 → 2")
  }

  @Test("a value that went and came back is distinguished from the run between")
  func backAndForth() async throws {
    for value in ["1", "2", "1"] { _ = try await bench.run(document(value: value)) }
    #expect(try fates(document(value: "3"))["k"] == "runs because of /stages/c/set/value: 1 → 3")
    #expect(try fates(document(value: "2"))["outputs/result"] == "kept from an earlier run")
  }

  @Test("a new version of what computes, another stage and another link are said")
  func otherChanges() async throws {
    _ = try await bench.run(document(), asking: { $0.environment = ["engine": "1"] })
    #expect(
      try fates(document()) { $0.environment = ["engine": "2"] }["k"]
        == "runs because of /environment/engine: \"1\" → \"2\"")
    let linked = document().replacing(
      #""numbers": "c.number""#, with: #""numbers": ["c.number", "c.number"]"#)
    #expect(
      try fates(linked) { $0.environment = ["engine": "1"] }["k"]
        == "runs because of /stages/k/in/numbers: [\"c.number\"] → [\"c.number\",\"c.number\"]")
  }

  @Test("a step that the last run did not come to says so")
  func unfinished() async throws {
    _ = try await bench.run(document())
    let failed = try await bench.run(document(value: "200"))
    #expect(failed.failures.map(\.step) == ["w"])
    let fates = try fates(document(value: "200"))
    #expect(fates["k"] == "kept from an earlier run")
    #expect(fates["w"] == "runs, since the last run did not come to it")
    #expect(fates["c"] == "not needed")
  }

  @Test("a result that the store lost, and one that is no function of the document, are said")
  func lost() async throws {
    _ = try await bench.run(document())
    try FileManager.default.removeItem(at: bench.store.root.appending(path: "entries"))
    #expect(try fates(document())["k"] == "runs, though nothing changed: its result is kept no longer")
    #expect(
      try fates(text(#""t": {"use": "clock"}"#, last: "t"))["t"]
        == "runs, since its result is not a function of the document alone")
  }

  @Test("of a change in a long chain every stage after it is said")
  func longChain() throws {
    let stages = (1..<2000).map {
      #""s\#($0)": {"use": "number.add", "in": {"numbers": "s\#($0 - 1).number"}}"#
    }
    .joined(separator: ",")
    let chain = { (value: Int) in
      try bench.plan(
        text(#""s0": {"use": "number.constant", "set": {"value": \#(value)}}, "# + stages, last: "s1999"))
    }
    let last = try chain(1)
    var past = PastRun(of: last.documentKey, in: bench.store)
    for step in last.steps { past.note(step) }
    try past.save(of: #require(last.documentKey), in: bench.store)
    let entries = try RunForecast(chain(2), store: bench.store).entries
    #expect(entries.count == 2001)
    #expect(
      entries.dropFirst().allSatisfy { $0.fate.phrase == "runs because of /stages/s0/set/value: 1 → 2" })
  }

  @Test("the memory a run takes at its peak is foreseen from shapes")
  func peak() throws {
    let bench = try Bench(stages: [
      .stub(
        "make", effort: .compute,
        estimate: { _, _ in
          var estimate = Estimate(workingBytes: 50)
          estimate.outputs = ["number": ValueShape(summary: "n", bytes: 100)]
          return estimate
        }
      ) { _ in .number(1) }
    ])
    let forecast = try RunForecast(
      bench.plan(
        text(
          #""a": {"use": "make"}, "b": {"use": "make", "in": {"a": "a.number"}}, "c": {"use": "make", "in": {"a": "b.number"}}"#,
          last: "c")),
      store: nil)
    // One value is held while the next is made.
    #expect(forecast.peakBytes == 250)
    #expect(forecast.entries.first?.workingBytes == 50)
  }
}

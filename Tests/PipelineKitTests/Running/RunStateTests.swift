import Foundation
import PipelineTesting
import Synchronization
import Testing

@testable import PipelineKit

@Suite struct RunStateTests {
  @Test("what only blocked steps wanted is freed when they are blocked, whether it was made before or after")
  func blocked() throws {
    let port = { (name: String, arity: PortDescriptor.Arity) in
      PortDescriptor(name: name, type: Tracked.portType, arity: arity, help: "")
    }
    var registry = try NumberStages.registry()
    registry.register(PortTypeDefinition(Tracked.self, summary: ""))
    try registry.register(.stub("track", inputs: [], outputs: [port("out", .one)]) { _ in StageOutputs() })
    try registry.register(.stub("use", inputs: [port("in", .one), .number("a")]) { _ in .number(1) })
    try registry.register(.stub("fail", inputs: []) { _ in throw CancellationError() })
    let bench = try Bench(registry: registry)
    let plan = try bench.plan(
      text(
        """
        "bad": {"use": "fail"}, "early": {"use": "track"}, "late": {"use": "track"},
        "x": {"use": "use", "in": {"in": "early.out", "a": "bad.number"}},
        "y": {"use": "use", "in": {"in": "late.out", "a": "x.number"}}
        """, last: "y"))
    let reuse = try Reuse(plan, store: nil)
    var state = RunState(
      plan, reuse: reuse, forecast: try ShapeForecast.checked(plan, reuse), budget: .max)
    while state.next() != nil {}
    func finish(_ id: String) throws -> WeakBox {
      let value = Tracked()
      state.finish(
        try #require(plan.step(id)),
        StepWorker.Outcome(
          outputs: StageOutputs(["out": value]),
          result: StepResult(seconds: 0, wasCached: false, outputs: [:])))
      return WeakBox(value)
    }
    let early = try finish("early")
    #expect(!early.isGone)
    _ = state.fail(try #require(plan.step("bad")), StageFailure("bad"))
    #expect(Set(state.blocked) == ["x", "y", "outputs/result"])
    #expect(early.isGone)
    #expect(try finish("late").isGone)
  }

  @Test(
    "a step is estimated once, however long it waits to start, and again only when its inputs are not as expected"
  )
  func estimatedOnce() async throws {
    let counts = Mutex<[String: Int]>([:])
    let count = { @Sendable (name: String) in counts.withLock { $0[name, default: 0] += 1 } }
    let expected = ValueShape(summary: "1.0", bytes: 0)
    let bench = try Bench(stages: [
      .stub(
        "work",
        estimate: { _, _ in
          count("work")
          var estimate = Estimate(workingBytes: 60)
          estimate.outputs = ["number": expected]
          return estimate
        }
      ) { .number($0.numbers.isEmpty ? 1 : 2, bytes: 0) },
      .stub(
        "next",
        estimate: { _, shapes in
          count("next")
          return Estimate()
        }
      ) { .number($0.numbers[0]) },
    ])
    let stages =
      (0..<20).map { #""w\#($0)": {"use": "work"}"# } + [
        #""asExpected": {"use": "next", "in": {"a": "w0.number"}}"#,
        #""other": {"use": "work", "in": {"a": "w0.number"}}"#,
        #""unexpected": {"use": "next", "in": {"a": "other.number"}}"#,
      ]
    let outputs = ["asExpected", "unexpected"] + (0..<20).map { "w\($0)" }
    let returned = outputs.map { #""o\#($0)": "\#($0).number""# }.joined(separator: ",")
    let run = try await bench.run(
      text(stages.joined(separator: ","), more: #", "outputs": {\#(returned)}"#), keeps: false
    ) {
      $0.memoryBudget = 100
    }
    #expect(run.error == nil)
    // 21 that work; of the two that follow, one finds another shape than it was promised.
    #expect(counts.withLock { $0 } == ["work": 21, "next": 3])
  }
}

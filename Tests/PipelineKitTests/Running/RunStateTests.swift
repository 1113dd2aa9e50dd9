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
    var state = RunState(plan, reuse: try Reuse(plan, store: nil), budget: .max)
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

  @Test("a step is estimated once before the run and once in it, however long it waits to start")
  func estimatedOnce() async throws {
    let count = Mutex(0)
    let bench = try Bench(stages: [
      .stub(
        "work",
        estimate: { _, _ in
          count.withLock { $0 += 1 }
          return Estimate(workingBytes: 60)
        }
      ) { _ in .number(1, bytes: 0) }
    ])
    let stages = (0..<20).map { #""w\#($0)": {"use": "work"}"# }.joined(separator: ",")
    let outputs = (0..<20).map { #""o\#($0)": "w\#($0).number""# }.joined(separator: ",")
    let run = try await bench.run(text(stages, more: #", "outputs": {\#(outputs)}"#), keeps: false) {
      $0.memoryBudget = 100
    }
    #expect(run.error == nil)
    #expect(count.withLock { $0 } == 40)
  }
}

import Foundation
import PipelineKit
import PipelineTesting
import Testing

@Suite struct FailureTests {
  let bench: Bench
  init() throws {
    bench = try Bench(stages: [
      .stub("fail", inputs: [.number("a", .optional)]) { _ in
        throw StageFailure("the data is bad", advice: "mend it")
      },
      .stub("hang", effort: .waiting) { call in
        while true { try await Task.sleep(for: .seconds(60)) }
      },
      .stub("spin", effort: .compute) { call in
        while true {
          try call.context.checkCancellation()
          usleep(500)
        }
      },
    ])
  }

  private let forked = text(
    """
    "c": {"use": "number.constant"},
    "bad": {"use": "fail", "in": {"a": "c.number"}},
    "after": {"use": "number.add", "in": {"numbers": "bad.number"}},
    "good": {"use": "number.add", "in": {"numbers": "c.number"}}
    """, more: #", "outputs": {"bad": "after.number", "good": "good.number"}"#)

  @Test("a failing stage says its id, what it ran with, why, and where it stands")
  func failing() async throws {
    let run = try await bench.run(forked)
    let failure = try #require(run.failures.first)
    #expect(failure.message == "stage 'bad' (fail) failed: the data is bad — mend it\n  with a: 1.0")
    #expect(failure.location?.line == 2)
    #expect(run.events.blocked == ["after": "bad", "outputs/bad": "bad"])
    #expect((run.error as? RunFailure)?.blocked == ["after", "outputs/bad"])
    guard case .ended(_, 1)? = run.events.last else { return #expect(Bool(false), "\(run.events)") }
  }

  @Test("--keep-going runs what does not need the failed stage")
  func keepsGoing() async throws {
    let run = try await bench.run(forked) { $0.keepsGoing = true }
    #expect(run.failures.map(\.step) == ["bad"])
    #expect(Set(run.events.finished) == ["c", "good", "outputs/good"])
    #expect(bench.output("good.json") == "[1,8]")
    #expect(bench.output("bad.json") == nil)
  }

  @Test("several failures are all reported, and what one blocks is blocked once")
  func severalFailures() async throws {
    let run = try await bench.run(
      text(
        #""a": {"use": "fail"}, "b": {"use": "fail"}, "s": {"use": "number.add", "in": {"numbers": ["a.number", "b.number"]}}"#,
        last: "s")
    ) { $0.keepsGoing = true }
    #expect(Set(run.failures.map(\.step)) == ["a", "b"])
    #expect((run.error as? RunFailure)?.blocked == ["outputs/result", "s"])
  }

  @Test("a failure stops the stages that still run")
  func stopsOthers() async throws {
    let run = try await bench.run(
      text(
        #""h": {"use": "hang"}, "s": {"use": "spin"}, "f": {"use": "fail"}"#,
        more: #", "outputs": {"a": "h.number", "b": "s.number", "c": "f.number"}"#))
    #expect(run.failures.map(\.step) == ["f"])
    #expect(run.events.finished.isEmpty)
  }

  @Test(
    "a cancelled run ends with CancellationError and leaves nothing half-written",
    arguments: ["hang", "spin"])
  func cancellation(use: String) async throws {
    let plan = try bench.plan(
      text(
        #""c": {"use": "number.constant"}, "k": {"use": "number.add", "in": {"numbers": "c.number"}}, "h": {"use": "\#(use)", "in": {"a": "k.number"}}"#,
        last: "h"))
    let list = EventList()
    let (started, signal) = AsyncStream.makeStream(of: Void.self)
    var options = Scheduler.Options()
    options.store = bench.store
    options.events = { event in
      list.hear(event)
      if case .started("h", _) = event { signal.finish() }
    }
    let scheduler = Scheduler(options)
    let task = Task {
      defer { signal.finish() }
      return try await scheduler.run(plan)
    }
    for await _ in started {}
    task.cancel()
    // Otherwise the stage would take for ever.
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(list.events.finished == ["c", "k"])
    #expect(list.events.blocked.isEmpty)
    #expect(try bench.unfinishedEntries.isEmpty)
    #expect(bench.storedFiles.count == 1)
    guard case .ended(_, 0)? = list.events.last else { return #expect(Bool(false), "\(list.events)") }
  }

  @Test("a run that is cancelled before it begins runs nothing")
  func cancelledBefore() async throws {
    let plan = try bench.plan(text(#""h": {"use": "hang"}"#, last: "h"))
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try await Scheduler(Scheduler.Options()).run(plan)
    }
    await #expect(throws: CancellationError.self) { try await task.value }
  }
}

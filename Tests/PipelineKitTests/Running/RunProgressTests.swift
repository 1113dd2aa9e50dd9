@testable import PipelineKit
import PipelineTesting
import Testing

@Suite("How far a run is")
struct RunProgressTests {
  private let start = ContinuousClock.now
  private func after(_ seconds: Double) -> ContinuousClock.Instant { start + .seconds(seconds) }
  private let result = StepResult(seconds: 1, wasCached: false, outputs: [:], peakBytes: nil)

  /// What a step says of itself.
  private func progressed(_ step: String, _ fraction: Double) -> Event {
    .progressed(step: step, Monitor.Progress(fraction: fraction))
  }

  @Test(
    "steps that ended are counted, whatever their end; time left comes from earlier runs and from progress")
  func left() {
    var whole = RunProgress()
    whole.note(.began(running: 3, cached: 1, lastSeconds: ["a": 10, "b": 20]), at: start)
    #expect((whole.done, whole.total) == (0, 4))
    #expect(whole.secondsLeft(at: start) == 30)
    whole.note(.started(step: "a", stage: "s"), at: start)
    #expect(whole.secondsLeft(at: after(4)) == 26)
    // Half of it in eight seconds: eight more.
    whole.note(progressed("a", 0.5), at: after(8))
    #expect(abs(whole.secondsLeft(at: after(8))! - 28) < 1e-9)
    whole.note(.finished(step: "a", result), at: after(16))
    whole.note(.finished(step: "kept", result), at: after(16))
    #expect(whole.done == 2 && whole.secondsLeft(at: after(16)) == 20)
    whole.note(.started(step: "b", stage: "s"), at: after(16))
    whole.note(.failed(step: "b", message: ""), at: after(17))
    whole.note(.blocked(step: "c", by: "b"), at: after(17))
    #expect(whole.done == 4 && whole.secondsLeft(at: after(17)) == 0)
  }

  @Test(
    "a step that never ran is not guessed at until it tells how far it is; nor is one that takes longer negative"
  )
  func unknown() {
    var whole = RunProgress()
    whole.note(.began(running: 2, cached: 0, lastSeconds: ["a": nil, "b": 5]), at: start)
    #expect(whole.secondsLeft(at: start) == nil)
    whole.note(.started(step: "a", stage: "s"), at: start)
    whole.note(progressed("a", 0.01), at: after(1))
    #expect(whole.secondsLeft(at: after(1)) == nil)
    whole.note(progressed("a", 0.25), at: after(1))
    #expect(abs(whole.secondsLeft(at: after(1))! - 8) < 1e-9)
    whole.note(.finished(step: "a", result), at: after(4))
    whole.note(.started(step: "b", stage: "s"), at: after(4))
    #expect(whole.secondsLeft(at: after(100)) == 0)
  }

  @Test("a run says beforehand how long its slow steps took, and nothing of those that are kept or cheap")
  func expectations() async throws {
    let bench = try Bench(stages: [
      .stub(
        "slow", parameters: [.init(name: "value", kind: .number(.none), defaultValue: 0, help: "")],
        effort: .compute
      ) { _ in
        .number(1)
      }
    ])
    func began(_ stages: String) async throws -> (Int, Int, [String: Double?]) {
      let run = try await bench.run(
        #"{"formatVersion": 1, "stages": {\#(stages)}, "outputs": {"n": "a.number", "m": "b.number"}}"#)
      guard case .began(let running, let cached, let seconds)? = run.events.first else {
        throw CancellationError()
      }
      return (running, cached, seconds)
    }
    let first = try await began(#""a": {"use": "slow"}, "b": {"use": "number.constant"}"#)
    #expect(
      first.2.keys.sorted() == ["a", "outputs/m", "outputs/n"] && first.2.allSatisfy { $0.value == nil })
    let second = try await began(
      #""a": {"use": "slow", "set": {"value": 1}}, "b": {"use": "number.constant"}"#)
    #expect(second.2["a"] != nil && second.2["a"]! != nil)
    let third = try await began(
      #""a": {"use": "slow", "set": {"value": 1}}, "b": {"use": "number.constant"}"#)
    #expect(third.2["a"] == nil && third.1 >= 1)
  }

  @Test("a pace lets the first through, and then one in so much time")
  func pace() {
    var pace = Pace(atMostEvery: .milliseconds(100))
    let passed = (0..<1000).filter { pace.permits(at: start + .milliseconds($0)) }
    #expect(passed == [0, 100, 200, 300, 400, 500, 600, 700, 800, 900])
  }
}

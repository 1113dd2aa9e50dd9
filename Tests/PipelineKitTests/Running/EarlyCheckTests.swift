import Foundation
import PipelineKit
import PipelineTesting
import Testing

@Suite("checks before long work")
struct EarlyCheckTests {
  let bench: Bench
  init() throws {
    bench = try Bench(stages: [
      .stub("heavy", effort: .compute) { call in .number(call.numbers.reduce(1, +)) },
      .stub("prepare", effort: .compute) { call in .number(call.numbers.reduce(0, +)) },
      .stub(
        "gate", effort: .compute, checkedInputs: ["a"],
        check: { call in if call.numbers[0] < 0 { throw StageFailure("\(call.numbers) is below 0") } },
        run: { call in .number(call.numbers.reduce(0, +)) }),
    ])
  }

  /// A long stage that is ready at once, and one whose input must be prepared before it can be checked.
  private func document(_ value: Int) -> String {
    text(
      """
      "n": {"use": "number.constant"}, "m": {"use": "number.constant", "set": {"value": \(value)}},
      "first": {"use": "heavy", "in": {"a": "n.number"}},
      "ready": {"use": "prepare", "in": {"a": "m.number"}},
      "second": {"use": "heavy", "in": {"a": "first.number", "b": "ready.number"}},
      "gate": {"use": "gate", "in": {"a": "ready.number", "b": "second.number"}}
      """, more: #", "outputs": {"gate": "gate.number", "first": "first.number"}"#)
  }

  @Test("what some inputs alone decide is known before anything long starts that they do not need")
  func early() async throws {
    let run = try await bench.run(document(-3))
    let failure = try #require(run.failures.first)
    #expect(failure.message == "stage 'gate' (gate) failed: [-3.0] is below 0\n  with a: -3.0")
    #expect(Set(run.events.started).isDisjoint(with: ["first", "second", "gate"]))
    let fine = try await bench.run(document(3))
    #expect(fine.error == nil)
    let order = fine.events.finished
    #expect(order.firstIndex(of: "ready")! < order.firstIndex(of: "first")!)
    #expect(bench.output("gate.json") == "[9,8]")
  }

  @Test("what no input decides is known before anything runs, for every stage at once")
  func alone() async throws {
    let bench = try Bench(stages: [
      .stub("heavy", effort: .compute) { call in .number(call.numbers.reduce(1, +)) },
      .stub(
        "gate", effort: .compute, checkedInputs: [], check: { _ in throw StageFailure("no weights") },
        run: { call in .number(call.numbers.reduce(0, +)) }),
    ])
    let run = try await bench.run(
      text(
        """
        "n": {"use": "number.constant"}, "first": {"use": "heavy", "in": {"a": "n.number"}},
        "gate": {"use": "gate", "in": {"a": "first.number"}}
        """, last: "gate"))
    #expect(run.failures.map(\.step) == ["gate"])
    #expect(!run.events.started.contains("first"))
  }

  @Test("--keep-going goes on with what does not need the stage whose check failed, and it fails once")
  func keepsGoing() async throws {
    let run = try await bench.run(document(-3)) { $0.keepsGoing = true }
    #expect(run.failures.map(\.step) == ["gate"])
    #expect(run.events.blocked == ["outputs/gate": "gate"])
    #expect(Set(run.events.started).isSuperset(of: ["first", "second"]))
    #expect(!run.events.started.contains("gate") && bench.output("first.json") == "[2,8]")
  }

  @Test(
    "checks of what only long stages make are made when it is there, whichever way they depend on each other")
  func late() async throws {
    let crossed = text(
      """
      "n": {"use": "number.constant", "set": {"value": -1}},
      "x": {"use": "heavy", "in": {"a": "n.number"}}, "y": {"use": "heavy", "in": {"a": "n.number"}},
      "one": {"use": "gate", "in": {"a": "x.number", "b": "y.number"}},
      "two": {"use": "gate", "in": {"a": "y.number", "b": "x.number"}},
      "three": {"use": "gate", "in": {"a": "one.number", "b": "two.number"}}
      """, last: "three")
    for keeps in [false, true, true] {
      let run = try await bench.run(crossed, keeps: keeps)
      #expect(run.error == nil && bench.output("result.json") == "[0,8]")
    }
    let bad = crossed.replacing(#""value": -1"#, with: #""value": -2"#)
    let run = try await bench.run(bad) { $0.keepsGoing = true }
    #expect(Set(run.failures.map(\.step)) == ["one", "two"])
    #expect(
      run.events.blocked == [
        "three": run.events.blocked["three"], "outputs/result": run.events.blocked["three"],
      ])
  }

  @Test("a check whose inputs fail is never made, and holds nothing up")
  func sourceFails() async throws {
    let document = text(
      """
      "n": {"use": "number.constant", "set": {"value": -1}},
      "stop": {"use": "gate", "in": {"a": "n.number"}},
      "gate": {"use": "gate", "in": {"a": "stop.number", "b": "n.number"}},
      "other": {"use": "heavy", "in": {"a": "n.number"}}
      """, more: #", "outputs": {"gate": "gate.number", "other": "other.number"}"#)
    let run = try await bench.run(document) { $0.keepsGoing = true }
    #expect(run.failures.map(\.step) == ["stop"] && bench.output("other.json") == "[0,8]")
  }
}

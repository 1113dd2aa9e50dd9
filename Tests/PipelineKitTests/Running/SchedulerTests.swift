import FileTesting
import Foundation
import PipelineKit
import PipelineTesting
import Synchronization
import Testing

@Suite struct SchedulerTests {
  @Test("steps run after those they need, and events tell the run in order", arguments: 0..<5)
  func order(seed: Int) async throws {
    let bench = try Bench()
    var generator = SeededGenerator(seed: seed)
    var links: [Int: [Int]] = [:]
    for stage in 1..<60 { links[stage] = (0..<3).map { _ in Int.random(in: 0..<stage, using: &generator) } }
    let stages = links.map { stage, sources in
      #""s\#(stage)": {"use": "number.add", "in": {"numbers": [\#(sources.map { "\"s\($0).number\"" }.joined(separator: ","))]}}"#
    }
    let outputs = (0..<60).map { #""o\#($0)": "s\#($0).number""# }.joined(separator: ",")
    let run = try await bench.run(
      text(
        #""s0": {"use": "number.constant"}, "# + stages.joined(separator: ","),
        more: #", "outputs": {\#(outputs)}"#), keeps: false)
    #expect(run.error == nil)
    let finished = Dictionary(uniqueKeysWithValues: run.events.finished.enumerated().map { ($1, $0) })
    #expect(finished.count == 120)
    var startOrder: [String: (started: Int, finished: Int)] = [:]
    for (index, event) in run.events.enumerated() {
      switch event {
      case .started(let step, _): startOrder[step] = (index, .max)
      case .finished(let step, _): startOrder[step]?.finished = index
      case .delivered(let step, _): #expect(index > (startOrder[step]?.finished ?? .max))
      default: break
      }
    }
    for (stage, sources) in links {
      let started = try #require(startOrder["s\(stage)"]?.started)
      #expect(sources.allSatisfy { startOrder["s\($0)"]!.finished < started })
    }
    guard case .began(120, 0, _)? = run.events.first, case .ended(let seconds, 0)? = run.events.last else {
      Issue.record("\(run.events)")
      return
    }
    #expect(seconds > 0)
  }

  @Test("independent steps run side by side", arguments: [Effort.light, .waiting])
  func overlap(effort: Effort) async throws {
    let barrier = Barrier(of: 6)
    let bench = try Bench(stages: [
      .stub("meet", effort: effort) { _ in
        await barrier.arrive()
        return .number(1)
      }
    ])
    let stages = (0..<6).map { #""m\#($0)": {"use": "meet"}"# }.joined(separator: ",")
    let outputs = (0..<6).map { #""o\#($0)": "m\#($0).number""# }.joined(separator: ",")
    // Without overlap this would wait for ever.
    #expect(
      try await bench.run(text(stages, more: #", "outputs": {\#(outputs)}"#), keeps: false).error == nil)
  }

  @Test("steps that keep all cores busy take turns, beside those that wait")
  func turns() async throws {
    let crowd = Crowd()
    let barrier = Barrier(of: 2)
    let bench = try Bench(stages: [
      .stub("compute", effort: .compute) { call in
        crowd.enter()
        if call.context.stage == "c0" { await barrier.arrive() }
        try await Task.sleep(for: .milliseconds(5))
        crowd.leave()
        return .number(1)
      },
      .stub("wait", effort: .waiting) { _ in
        await barrier.arrive()
        return .number(1)
      },
    ])
    let stages = (0..<8).map { #""c\#($0)": {"use": "compute"}"# } + [#""w": {"use": "wait"}"#]
    let outputs = (0..<8).map { #""o\#($0)": "c\#($0).number""# } + [#""w": "w.number""#]
    let run = try await bench.run(
      text(stages.joined(separator: ","), more: #", "outputs": {\#(outputs.joined(separator: ","))}"#))
    #expect(run.error == nil)
    #expect(crowd.most == 1)
    #expect(run.events.started.filter { $0.hasPrefix("c") } == (0..<8).map { "c\($0)" })
  }

  @Test("cheap steps do not run far ahead of those that take turns to use what they make")
  func runningAhead() async throws {
    let crowd = Crowd()
    let bench = try Bench(stages: [
      .stub("cheap") { _ in
        crowd.enter()
        return .number(1)
      },
      .stub("compute", effort: .compute) { _ in
        crowd.leave()
        return .number(1)
      },
    ])
    let stages = (0..<200).map {
      #""a\#($0)": {"use": "cheap"}, "c\#($0)": {"use": "compute", "in": {"a": "a\#($0).number"}}"#
    }
    let outputs = (0..<200).map { #""o\#($0)": "c\#($0).number""# }
    let run = try await bench.run(
      text(stages.joined(separator: ","), more: #", "outputs": {\#(outputs.joined(separator: ","))}"#),
      keeps: false)
    #expect(run.error == nil)
    #expect(crowd.most <= 40)
  }

  @Test("no more memory is used at once than the budget has, and nothing waits for ever", arguments: 0..<4)
  func memory(seed: Int) async throws {
    let crowd = Crowd()
    var generator = SeededGenerator(seed: seed)
    let sizes = (0..<24).map { _ in Int.random(in: 1...130, using: &generator) }
    let bench = try Bench(stages: [
      .stub(
        "work", parameters: [ParameterDescriptor(name: "bytes", kind: .integer(.none), help: "Bytes.")],
        estimate: { settings, _ in Estimate(workingBytes: settings["bytes"]!.integer!) }
      ) { call in
        let bytes = min(call.settings["bytes"]!.integer!, 100)
        crowd.enter(bytes)
        try await Task.sleep(for: .milliseconds(2))
        crowd.leave(bytes)
        return .number(1, bytes: 0)
      }
    ])
    let stages = sizes.enumerated().map { #""w\#($0)": {"use": "work", "set": {"bytes": \#($1)}}"# }
    let outputs = sizes.indices.map { #""o\#($0)": "w\#($0).number""# }
    let run = try await bench.run(
      text(stages.joined(separator: ","), more: #", "outputs": {\#(outputs.joined(separator: ","))}"#),
      keeps: false
    ) { $0.memoryBudget = 100 }
    #expect(run.error == nil)
    #expect(run.events.finished.count == 48)
    #expect(crowd.most <= 100)
    #expect(
      run.events.warnings.count == sizes.count { $0 > 100 }, "who needs more than there is is announced")
  }

  @Test(
    "memory kept for later counts in the budget: it gives way to what runs, but for what that uses itself")
  func keptMemory() async throws {
    let bench = try Bench(stages: [
      .stub(
        "work", parameters: [ParameterDescriptor(name: "bytes", kind: .integer(.none), help: "Bytes.")],
        effort: .compute,
        estimate: { settings, _ in
          var estimate = Estimate(workingBytes: settings["bytes"]!.integer!)
          estimate.reuses = ["network \(settings["bytes"]!.integer!)"]
          return estimate
        }
      ) { .number(1 + $0.numbers.reduce(0, +), bytes: 10) }
    ])
    let kept = KeptRecorder()
    let run = try await bench.run(
      text(
        #""a": {"use": "work", "set": {"bytes": 60}}, "b": {"use": "work", "in": {"a": "a.number"}, "set": {"bytes": 30}}, "c": {"use": "work", "in": {"a": "b.number"}, "set": {"bytes": 150}}"#,
        last: "c"), keeps: false
    ) {
      $0.memoryBudget = 100
      $0.services.set(kept as any KeptMemory)
    }
    #expect(run.error == nil)
    let calls = kept.calls.filter { !$0.names.isEmpty }
    // 100 − 60; 100 − 10 of the value that is held − 30; nothing.
    #expect(calls.map(\.bytes) == [40, 60, 0])
    #expect(calls.map(\.names) == [["network 60"], ["network 30"], ["network 150"]])
  }

  @Test("a budget that nothing fits into still lets one step after the other run")
  func tinyBudget() async throws {
    let bench = try Bench(stages: [
      .stub("big", effort: .compute, estimate: { _, _ in Estimate(workingBytes: 1 << 40) }) { call in
        .number(call.numbers.reduce(1, +), bytes: 1 << 40)
      }
    ])
    let run = try await bench.run(
      text(
        #""a": {"use": "big"}, "b": {"use": "big", "in": {"a": "a.number"}}, "c": {"use": "big", "in": {"a": "a.number", "b": "b.number"}}"#,
        last: "c")
    ) { $0.memoryBudget = 1 }
    #expect(run.error == nil)
    #expect(bench.output("result.json") == "[4,\(1 << 40)]")
    // Besides, a step is told that it took a page more, where the process grew by one meanwhile.
    let warnings = run.events.warnings.filter { $0.contains(" of memory, with what is held") }
    #expect(warnings.count == 3, "\(run.events.warnings)")
    #expect(
      warnings.allSatisfy {
        $0.contains("1024.0 GB of memory") || $0.contains("048.0 GB") || $0.contains("072.0 GB")
      })
  }

  @Test("a value is freed after its last use, and an output nobody wants at once")
  func freed() async throws {
    let boxes = Mutex<[String: WeakBox]>([:])
    let port = { (name: String, arity: PortDescriptor.Arity) in
      PortDescriptor(name: name, type: Tracked.portType, arity: arity, help: "")
    }
    var registry = try NumberStages.registry()
    registry.register(PortTypeDefinition(Tracked.self, summary: ""))
    try registry.register(
      .stub("track", inputs: [port("in", .optional)], outputs: [port("out", .one), port("spare", .one)]) {
        call in
        let (value, spare) = (Tracked(), Tracked())
        boxes.withLock {
          $0[call.context.stage] = WeakBox(value)
          $0[call.context.stage + ".spare"] = WeakBox(spare)
        }
        return StageOutputs(["out": value, "spare": spare])
      })
    let alive = Mutex<[String]>([])
    try registry.register(
      .stub("look", inputs: [port("in", .one)]) { _ in
        alive.withLock { list in list = boxes.withLock { $0.filter { !$0.value.isGone }.keys.sorted() } }
        return .number(1)
      })
    let bench = try Bench(registry: registry)
    let run = try await bench.run(
      text(
        #""a": {"use": "track"}, "b": {"use": "track", "in": {"in": "a.out"}}, "c": {"use": "track", "in": {"in": "b.out"}}, "l": {"use": "look", "in": {"in": "c.out"}}"#,
        last: "l"))
    #expect(run.error == nil)
    #expect(alive.withLock { $0 } == ["c"])
  }

  @Test("values of outputs that no stage writes are returned")
  func returned() async throws {
    var registry = Registry()
    registry.register(PortTypeDefinition(Number.self, summary: ""))
    try registry.register(
      .stub("one", outputs: [.number("number"), .number("other")]) { _ in
        StageOutputs(["number": Number(1), "other": Number(2)])
      })
    let run = try await Bench(registry: registry).run(text(#""a": {"use": "one"}"#, last: "a"))
    #expect(run.values as? [String: Number] == ["result": Number(1)])
  }

  @Test("a stage that does not make what it declares is a fault of the program")
  func wrongOutputs() async throws {
    let bench = try Bench(stages: [
      .stub("none") { _ in StageOutputs() }, .stub("other") { _ in StageOutputs(["number": Word(text: "")]) },
    ])
    for use in ["none", "other"] {
      let run = try await bench.run(text(#""a": {"use": "\#(use)"}"#, last: "a"))
      #expect(run.failures.first?.cause is InternalFault)
    }
  }

  @Test("a stage has a folder of its own, which goes with the run")
  func scratch() async throws {
    let folders = Mutex<Set<URL>>([])
    let bench = try Bench(stages: [
      .stub("scratch") { call in
        try Data().write(to: call.context.scratch.appending(path: "f"))
        _ = try folders.withLock { $0.insert(try call.context.scratch) }
        return .number(1)
      }
    ])
    let run = try await bench.run(
      text(
        #""a": {"use": "scratch"}, "b": {"use": "scratch"}, "c": {"use": "number.add", "in": {"numbers": ["a.number", "b.number"]}}"#,
        last: "c"))
    #expect(run.error == nil)
    let used = folders.withLock { $0 }
    #expect(used.count == 2)
    #expect(
      used.allSatisfy { !FileManager.default.fileExists(atPath: $0.deletingLastPathComponent().systemPath) })
  }

  @Test("progress and messages carry the step's id")
  func progress() async throws {
    let bench = try Bench(stages: [
      .stub("talk") { call in
        call.context.monitor.report(.nan)
        call.context.monitor.report(2)
        call.context.monitor.report(1, of: 4, unit: "step")
        call.context.log(.info, "hello")
        return .number(1)
      }
    ])
    let run = try await bench.run(text(#""a": {"use": "talk"}"#, last: "a"))
    let lines = run.events.map(\.json).filter { ["progressed", "said"].contains($0["event"]?.string) }
    #expect(
      lines == [
        ["event": "progressed", "step": "a", "fraction": 0],
        ["event": "progressed", "step": "a", "fraction": 1],
        ["event": "progressed", "step": "a", "fraction": 0.25, "count": 1, "total": 4, "unit": "step"],
        ["event": "said", "step": "a", "level": "info", "message": "hello"],
      ])
  }
}

/// Notes what it is asked to give back.
private final class KeptRecorder: KeptMemory {
  struct Call: Sendable {
    var bytes: Int
    var names: Set<String>
  }
  private let list = Mutex<[Call]>([])
  var calls: [Call] { list.withLock { $0 } }

  func shrink(to bytes: Int, keeping names: Set<String>) async {
    list.withLock { $0.append(Call(bytes: bytes, names: names)) }
  }
}

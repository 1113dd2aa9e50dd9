import FileTesting
import Foundations
import Foundation
import Synchronization
import Testing
import PipelineTesting

@testable import PipelineKit

@Suite struct ReuseTests {
  let bench: Bench
  init() throws {
    bench = try Bench(stages: [
      .stub("clock", effort: .waiting, isPure: false) { _ in .number(Double.random(in: 0...1)) },
      .stub("double") { .number($0.numbers[0] * 2) },
    ])
  }

  private func chain(value: Double = 1, offset: Double = 0) -> String {
    text(
      """
      "c": {"use": "number.constant", "set": {"value": \(value)}},
      "d": {"use": "double", "in": {"a": "c.number"}},
      "k": {"use": "number.add", "in": {"numbers": "d.number"}, "set": {"offset": \(offset)}},
      "l": {"use": "number.add", "in": {"numbers": "k.number"}}
      """, last: "l")
  }

  @Test("what has not changed is taken from the store, and delivered all the same")
  func hit() async throws {
    let first = try await bench.run(chain())
    #expect(first.events.started == ["c", "d", "k", "l", "outputs/result"])
    #expect(first.events.cached.isEmpty)
    try FileManager.default.removeItem(at: bench.outputFolder)
    let second = try await bench.run(chain())
    #expect(second.events.started.isEmpty)
    #expect(second.events.cached == ["outputs/result"])
    #expect(bench.output("result.json") == "[2,8]")
    #expect(second.events.delivered["outputs/result"]?.wasUnchanged == false)
    let third = try await bench.run(chain())
    #expect(third.events.delivered["outputs/result"]?.wasUnchanged == true)
    guard case .began(0, 1, _)? = third.events.first else { return #expect(Bool(false), "\(third.events)") }
  }

  @Test("only what depends on a change runs again, on values from the store")
  func partial() async throws {
    _ = try await bench.run(chain())
    let document = chain().replacing(
      #""l": {"use": "number.add", "in""#, with: #""l": {"use": "number.add", "set": {"offset": 5}, "in""#)
    let run = try await bench.run(document)
    #expect(run.events.cached == ["k"])
    #expect(run.events.started == ["l", "outputs/result"])
    #expect(bench.output("result.json") == "[7,8]")
  }

  @Test("without a store everything runs, and nothing is kept")
  func noStore() async throws {
    for _ in 0..<2 {
      #expect(try await bench.run(chain(), keeps: false).events.started.count == 5)
    }
    #expect(bench.storedFiles.isEmpty)
  }

  @Test("a damaged result is said, made again and whole afterwards")
  func damage() async throws {
    _ = try await bench.run(chain())
    for file in bench.storedFiles { try file.flipBit(at: 0) }
    let healed = try await bench.run(chain())
    #expect(healed.error == nil)
    #expect(healed.events.warnings.count == 3)
    #expect(
      healed.events.warnings.allSatisfy {
        $0.hasPrefix("the stored result was damaged (") && $0.hasSuffix("and is made again")
      })
    #expect(bench.output("result.json") == "[2,8]")
    #expect(try await bench.run(chain()).events.started.isEmpty)
  }

  @Test("a stored result that reads as something else is said, with what to do")
  func unreadableForm() async throws {
    let plan = try bench.plan(chain())
    let key = try #require(plan.steps.last?.fingerprint)
    try bench.store.insert(key, metadata: Data()) { folder in
      let place = folder.appending(path: "saved")
      try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
      try Data("\"no number\"".utf8).write(to: place.appending(path: "value.json"))
    }
    let run = try await bench.run(chain())
    #expect(run.failures.first?.message.contains("its stored result cannot be read") == true)
  }

  @Test("what is not pure, and what depends on it, is never kept")
  func impure() async throws {
    let document = text(
      #""t": {"use": "clock"}, "k": {"use": "number.add", "in": {"numbers": "t.number"}}"#, last: "k")
    for _ in 0..<2 {
      let run = try await bench.run(document)
      #expect(run.events.started == ["t", "k", "outputs/result"])
    }
    #expect(bench.storedFiles.isEmpty)
  }

  @Test("a store that cannot be written costs only the next run's time")
  func fullStore() async throws {
    let full = try Store(
      at: bench.store.root, limit: 1 << 30,
      system: FileSystem { operation, path in
        operation == .write && path.contains("temporary") ? .noSpace : nil
      })
    let run = try await bench.run(chain()) { $0.store = full }
    #expect(run.error == nil)
    #expect(bench.output("result.json") == "[2,8]")
    #expect(run.events.warnings.count == 2)
    #expect(run.events.warnings.first?.contains("the result is not kept: cannot") == true)
    #expect(run.events.warnings.contains("the results of 2 other stages are not kept either"))
    #expect(bench.storedFiles.isEmpty)
    #expect(try bench.unfinishedEntries.isEmpty)
  }

  @Test("so does a value that cannot be written")
  func unstorable() async throws {
    var registry = try NumberStages.registry()
    registry.register(PortTypeDefinition(Unstorable.self, summary: ""))
    let port = PortDescriptor(name: "x", type: Unstorable.portType, help: "")
    try registry.register(
      .stub("make", inputs: [], outputs: [port], effort: .waiting) { _ in StageOutputs(["x": Unstorable()]) })
    try registry.register(.stub("use", inputs: [port]) { _ in .number(1) })
    let run = try await Bench(registry: registry).run(
      text(#""m": {"use": "make"}, "u": {"use": "use", "in": {"x": "m.x"}}"#, last: "u"))
    #expect(run.error == nil)
    #expect(run.events.warnings.count == 1)
  }

  @Test("a store that cannot be read is as good as none")
  func unreadableStore() async throws {
    _ = try await bench.run(chain())
    let broken = try Store(
      at: bench.store.root, limit: 1 << 30,
      system: FileSystem { operation, path in
        operation == .open && path.hasSuffix("manifest.jsonl") ? .tooManyOpenFiles : nil
      })
    let run = try await bench.run(chain()) { $0.store = broken }
    #expect(run.error == nil)
    #expect(run.events.started.count == 5)
    #expect(run.events.warnings.first?.hasPrefix("the stored result is out of reach") == true)
  }

  @Test("more kept results than files may be open are made again, which is said once")
  func manyResults() async throws {
    let ids = (0..<8).map { "s\($0)" }
    let stages = ids.enumerated().map { #""\#($1)": {"use": "number.constant", "set": {"value": \#($0)}}"# }
    let doubles = ids.map { #""d\#($0)": {"use": "double", "in": {"a": "\#($0).number"}}"# }
    let outputs = ids.map { #""\#($0)": "d\#($0).number""# }.joined(separator: ",")
    let document = text((stages + doubles).joined(separator: ","), more: #", "outputs": {\#(outputs)}"#)
    #expect(try await bench.run(document).error == nil)
    let plan = try bench.plan(document)
    let all = try Reuse(plan, store: bench.store, openFiles: 16)
    #expect(all.reused.count == 8 && all.remark == nil)
    let some = try Reuse(plan, store: bench.store, openFiles: 10)
    #expect(some.reused.count == 5)
    #expect(some.remark?.contains("ulimit -n") == true)
    // What feeds a step that runs again is decided on too.
    #expect(some.decisions.count == plan.steps.count)
  }
}

extension Reuse {
  /// The steps whose results come from the store.
  fileprivate var reused: [String] {
    decisions.compactMap { if case .reuse = $0.value { $0.key } else { nil } }
  }
}

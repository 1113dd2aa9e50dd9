@testable import Experiments
import Foundation
import Foundations
import PipelineKit
import PipelineTesting
import Synchronization
import SystemPackage

/// A pipeline that adds two numbers, run many ways on a bench.
struct Trial {
  let bench: Bench
  /// How often the pipeline's stage has added.
  let count = Count()

  /// Whether the stage finds the disk full.
  let disk = Disk()

  final class Disk: Sendable {
    private let value = Mutex(false)
    var isFull: Bool {
      get { value.withLock { $0 } }
      set { value.withLock { $0 = newValue } }
    }
  }

  final class Count: Sendable {
    private let value = Mutex(0)
    func raise() { value.withLock { $0 += 1 } }
    var now: Int { value.withLock { $0 } }
  }

  static let pipeline = """
    {"formatVersion": 1, "inputs": {"scene": "number"},
     "params": {"guidance": {"type": "number", "default": 5, "minimum": 0}, "seed": {"type": "integer", "default": 321}},
     "stages": {
       "shared": {"use": "test.count", "in": {"a": "inputs.scene"}},
       "paint": {"use": "test.paint", "in": {"a": "shared.number"},
                 "set": {"guidance": {"$param": "guidance"}, "seed": {"$param": "seed"}}}},
     "outputs": {"picture": "paint.number"}}
    """

  init() throws {
    let (count, disk) = (count, disk)
    bench = try Bench(stages: [
      .stub("test.count", inputs: [.number("a")], effort: .waiting) { call in
        count.raise()
        return .number(call.numbers[0] * 1000)
      },
      .stub(
        "test.paint",
        parameters: [
          .init(name: "guidance", kind: .number(Bounds(minimum: 0)), defaultValue: 1, help: ""),
          .init(name: "seed", kind: .integer(.none), defaultValue: 1, help: ""),
        ], inputs: [.number("a")], effort: .waiting
      ) { call in
        let (guidance, seed) = (call.settings["guidance"]?.number ?? 0, call.settings["seed"]?.number ?? 0)
        if disk.isFull { throw FileError(.write, "/scratch", .noSpace) }
        if guidance == 13 { throw StageFailure("thirteen is not painted") }
        return .number(call.numbers[0] + 10 * guidance + seed)
      },
    ])
    try bench.write(Self.pipeline, to: "pipeline.json")
    for number in 1...3 { try bench.write("\(number)", to: "in/\(number).json") }
  }

  func experiment(_ text: String) throws -> Experiment {
    try Experiment(JSONParser.parse(Data(text.utf8), file: "experiment.json"), folder: bench.folder)
  }

  /// The faults of an experiment, those found when it is read and those found before it is run.
  func faults(_ text: String) throws -> [Diagnostic] {
    do {
      _ = try batch(experiment(text)).prepare()
      return []
    } catch let invalid as InvalidDocument {
      return invalid.diagnostics
    }
  }

  func batch(
    _ experiment: Experiment, store: Bool = true, _ adjust: (inout Batch.Options) -> Void = { _ in }
  ) -> Batch {
    var options = Batch.Options()
    adjust(&options)
    var running = Scheduler.Options()
    if store { running.store = bench.store }
    let planner = Planner(registry: bench.registry)
    return Batch(
      experiment, into: bench.outputFolder, base: bench.request(), options: options, running: running,
      plan: { try planner.plan($0, $1) }, planner: planner)
  }

  @discardableResult
  func run(_ text: String, store: Bool = true, _ adjust: (inout Batch.Options) -> Void = { _ in })
    async throws
    -> Batch.Summary
  {
    try await batch(experiment(text), store: store, adjust).run()
  }

  /// The number that a row made; the file has its bytes, too.
  func number(of row: String) -> String? {
    bench.output("\(row)/picture.json").map { String($0.dropFirst().prefix { $0 != "," }) }
  }

  /// The numbers that rows made, by name.
  var results: [String: String] {
    get throws {
      var results: [String: String] = [:]
      for record in ResultsFolder(bench.outputFolder).latest() {
        results[record.name] = record.error ?? number(of: record.name)
      }
      return results
    }
  }
}

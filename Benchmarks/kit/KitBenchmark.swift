import Foundation
import PipelineKit

/// Measures what PipelineKit itself costs: a synthetic document of ten thousand stages is read, validated and
/// planned, and then run. Prints medians; see Benchmarks/README.md.
@main
struct KitBenchmark {
  static let stageCount = 10_000
  static let rounds = 7

  static func main() async throws {
    for shape in [Shape.chain, .wide] {
      let text = shape.document(stages: stageCount)
      var registry = Registry()
      registry.register(PortTypeDefinition(Tick.self, summary: "A number."))
      try registry.register([Count.self])
      let planner = Planner(registry: registry)
      let request = PlanRequest(workingFolder: .currentDirectory(), outputFolder: .currentDirectory())

      var planning: [Double] = []
      var running: [Double] = []
      for _ in 0...rounds {
        let start = ContinuousClock.now
        let document = try PipelineDocument(
          JSONParser.parse(Data(text.utf8), file: "synthetic.json"), folder: .currentDirectory())
        let plan = try planner.plan(document, request)
        planning.append(seconds(since: start))
        let begun = ContinuousClock.now
        try await Scheduler(Scheduler.Options()).run(plan)
        running.append(seconds(since: begun))
      }
      // The first round warms up.
      let plan = median(planning.dropFirst())
      let run = median(running.dropFirst()) / Double(stageCount)
      print(
        "\(shape): \(text.utf8.count / 1024) KB, validate and plan \(milliseconds(plan)) ms, "
          + "overhead \(String(format: "%.1f", run * 1e6)) µs a stage")
    }
  }

  /// How the stages hang together.
  enum Shape: String {
    case chain, wide

    func document(stages: Int) -> String {
      var entries = ["\"s0\": {\"use\": \"count\"}"]
      for index in 1..<stages {
        let source = self == .chain ? index - 1 : 0
        entries.append(
          "\"s\(index)\": {\"use\": \"count\", \"in\": {\"from\": \"s\(source).tick\"}, \"set\": {\"step\": \(index % 7)}}"
        )
      }
      let outputs =
        self == .chain
        ? ["\"last\": \"s\(stages - 1).tick\""] : (0..<stages).map { "\"o\($0)\": \"s\($0).tick\"" }
      return "{\"formatVersion\": 1, \"stages\": {\(entries.joined(separator: ",\n"))}, "
        + "\"outputs\": {\(outputs.joined(separator: ", "))}}"
    }
  }

  static func seconds(since start: ContinuousClock.Instant) -> Double {
    let duration = start.duration(to: .now)
    return Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
  }

  static func median(_ values: some Collection<Double>) -> Double { values.sorted()[values.count / 2] }
  static func milliseconds(_ seconds: Double) -> String { String(format: "%.0f", seconds * 1000) }
}

/// A stage that does next to nothing.
struct Count: Stage {
  static let name = "count"
  static let summary = "Adds a step to a number."
  static let from = OptionalInput<Tick>("from", help: "The number.")
  static let tick = Output<Tick>("tick", help: "The sum.")
  static let inputs: [any StagePort] = [from]
  static let outputs: [any StagePort] = [tick]
  struct Parameters: StageParameters {
    @Parameter(help: "What is added.") var step = 1
  }
  var parameters: Parameters

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    StageOutputs(Self.tick, Tick(value: (try inputs[Self.from]?.value ?? 0) + parameters.step))
  }
}

struct Tick: PortValue {
  var value: Int
  static let portType: PortType = "tick"
  static let exchangeExtension = "txt"
  var shape: ValueShape { ValueShape(summary: "\(value)", bytes: 8) }
  func write(to folder: URL, monitor: Monitor) throws {
    try export(to: folder.appending(path: "tick"), monitor: monitor)
  }
  static func read(from folder: URL) throws -> Tick { try imported(from: folder.appending(path: "tick")) }
  func export(to file: URL, monitor: Monitor) throws { try Data("\(value)".utf8).write(to: file) }
  static func imported(from file: URL) throws -> Tick {
    Tick(value: Int(String(decoding: try Data(contentsOf: file), as: UTF8.self)) ?? 0)
  }
}

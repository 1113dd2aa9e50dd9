import Foundation
import PipelineKit
import PipelineTesting
import Synchronization
import Testing

/// A value that is computed again by everybody who reads it.
private struct Lazy: PortValue {
  static let portType: PortType = "lazy"
  static let exchangeExtension = "bin"
  /// How many stages compute when it is read.
  var cost: Int
  var shape: ValueShape { ValueShape(summary: "lazy", bytes: 1) }
  func settled(monitor: Monitor) throws -> Lazy { Lazy(cost: 0) }
  func write(to folder: URL, monitor: Monitor) throws {}
  static func read(from folder: URL) throws -> Lazy { Lazy(cost: 0) }
  func export(to file: URL, monitor: Monitor) throws {}
  static func imported(from file: URL) throws -> Lazy { Lazy(cost: 0) }
}

@Suite("lazy values")
struct LazyValueTests {
  /// What each reader of a document's values had computed.
  private func costs(_ stages: [String], outputs: [String]) async throws -> [Int] {
    let read = Mutex<[Int]>([])
    let port = { (name: String) in
      PortDescriptor(name: name, type: Lazy.portType, arity: .many, help: "")
    }
    let out = PortDescriptor(name: "out", type: Lazy.portType, arity: .one, help: "")
    var registry = try NumberStages.registry()
    registry.register(PortTypeDefinition(Lazy.self, summary: ""))
    let cost = { @Sendable (inputs: StageInputs) in
      inputs.values.values.joined().reduce(0) { $0 + (($1 as? Lazy)?.cost ?? 0) }
    }
    try registry.register(
      .stub("start", inputs: [], outputs: [out]) { _ in StageOutputs(["out": Lazy(cost: 1)]) })
    try registry.register(
      .stub("edit", inputs: [port("in")], outputs: [out]) {
        StageOutputs(["out": Lazy(cost: 1 + cost($0.inputs))])
      })
    try registry.register(
      .stub("save", inputs: [port("in")]) { call in
        read.withLock { $0.append(cost(call.inputs)) }
        return .number(1)
      })
    let bench = try Bench(registry: registry)
    let returned = outputs.map { #""\#($0)": "\#($0).number""# }.joined(separator: ",")
    let run = try await bench.run(
      text(stages.joined(separator: ","), more: #", "outputs": {\#(returned)}"#), keeps: false)
    #expect(run.error == nil)
    return read.withLock { $0 }
  }

  private func stage(_ name: String, _ use: String, _ inputs: [String]) -> String {
    guard !inputs.isEmpty else { return #""\#(name)": {"use": "start"}"# }
    let links = inputs.map { #""\#($0).out""# }.joined(separator: ",")
    return #""\#(name)": {"use": "\#(use)", "in": {"in": [\#(links)]}}"#
  }

  @Test("in a long chain whose every value is read, no reader computes more than a few stages again")
  func chain() async throws {
    let stages = (0..<60).flatMap { n in
      [stage("e\(n)", "edit", n == 0 ? [] : ["e\(n - 1)"]), stage("s\(n)", "save", ["e\(n)"])]
    }
    let costs = try await costs(stages, outputs: (0..<60).map { "s\($0)" })
    #expect(costs.count == 60 && costs.max()! < 8)
  }

  @Test("where ways part and meet again, the work does not double at each meeting")
  func diamonds() async throws {
    var stages = [stage("e0", "edit", [])]
    for n in 0..<30 {
      stages += [
        stage("a\(n)", "edit", ["e\(n)"]), stage("b\(n)", "edit", ["e\(n)"]),
        stage("e\(n + 1)", "edit", ["a\(n)", "b\(n)"]),
      ]
    }
    stages.append(stage("s", "save", ["e30"]))
    #expect(try await costs(stages, outputs: ["s"]).max()! < 32)
  }

  @Test("what a few stages make stays lazy, and so does what only one reads")
  func short() async throws {
    let few = ["e0", "e1", "e2", "e3"]
    var stages = few.indices.map { stage(few[$0], "edit", $0 == 0 ? [] : [few[$0 - 1]]) }
    stages += [stage("s", "save", ["e3"]), stage("t", "save", ["e3"])]
    #expect(try await costs(stages, outputs: ["s", "t"]) == [4, 4])

    let many = (0..<20).map { stage("e\($0)", "edit", $0 == 0 ? [] : ["e\($0 - 1)"]) }
    #expect(try await costs(many + [stage("s", "save", ["e19"])], outputs: ["s"]) == [20])
  }
}

import Foundation
import Synchronization
import Tensors
import Testing

@testable import Diffusion

@Suite("compiled networks")
struct RuntimeTests {
  private static let model = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "ParityTests/Fixtures/base/model").path

  private let model: DiffusionModel
  private let engine = GatedEngine()
  private let runtime: DiffusionRuntime
  private static let forms: [NetworkForm] = [
    .decoder(height: 2, width: 2), .decoder(height: 2, width: 4), .encoder(batch: 1, height: 16, width: 16),
  ]

  init() throws {
    model = try DiffusionModel(path: Self.model)
    runtime = DiffusionRuntime { [engine] _ in engine }
  }

  private func network(_ form: NetworkForm, _ precision: Precision = .f32) async throws {
    _ = try await runtime.network(form, of: model, ComputeOptions(precision))
  }

  private func bytes(_ form: NetworkForm) throws -> Int {
    try NetworkKey(form, of: model, ComputeOptions(.f32)).bytes(of: form.graph(of: model, WeightList()))
  }

  @Test("callers that want one network at a time share one compilation")
  func shared() async throws {
    let gate = Gate()
    engine.gate = gate
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        defer { gate.end() }
        try await network(Self.forms[0])
      }
      await gate.begun()
      for _ in 0..<7 {
        group.addTask { try await network(Self.forms[0]) }
        // Goes through the same actor as the one before.
        _ = try await runtime.model(at: Self.model)
      }
      gate.open()
      try await group.waitForAll()
    }
    #expect(engine.compilations == 1)
  }

  @Test(
    "another shape, network, precision or model is another compiled network; all are kept while there is room"
  )
  func keys() async throws {
    for _ in 0..<2 {
      for form in Self.forms { try await network(form) }
      try await network(Self.forms[0], .bf16)
    }
    #expect(engine.compilations == 4)
    let key = NetworkKey(Self.forms[0], of: model, ComputeOptions(.f32))
    #expect(Set(Self.forms.map { NetworkKey($0, of: model, ComputeOptions(.f32)).name }).count == 3)
    #expect(key.name.contains("\"decoder\":{\"height\":2,\"width\":2}"))
  }

  @Test("a compilation that failed is tried again by the next who asks, and everybody who waited hears of it")
  func failure() async throws {
    engine.fails = true
    for _ in 0..<2 { await #expect(throws: GatedEngine.Refusal.self) { try await network(Self.forms[0]) } }
    engine.fails = false
    try await network(Self.forms[0])
    #expect(engine.compilations == 3)
  }

  @Test("room is made by those used longest ago; what is named stays and does not count")
  func shrinking() async throws {
    for form in Self.forms { try await network(form) }
    try await network(Self.forms[0])
    // Of three, the second was used longest ago.
    await runtime.shrink(to: try Self.forms.reduce(0) { $0 + (try bytes($1)) } - 1)
    try await network(Self.forms[0])
    try await network(Self.forms[2])
    #expect(engine.compilations == 3)
    try await network(Self.forms[1])
    #expect(engine.compilations == 4)
    await runtime.shrink(to: 0, keeping: [NetworkKey(Self.forms[2], of: model, ComputeOptions(.f32)).name])
    try await network(Self.forms[2])
    #expect(engine.compilations == 4)
    try await network(Self.forms[0])
    #expect(engine.compilations == 5)
  }
}

/// Holds compilations up until it is opened.
private final class Gate: Sendable {
  private let started = AsyncStream.makeStream(of: Void.self)
  private let opened = AsyncStream.makeStream(of: Void.self)

  /// Waits until a compilation stands before it, or none will.
  func begun() async { for await _ in started.stream { return } }
  func end() { started.continuation.finish() }
  func open() { opened.continuation.finish() }

  func pass() async {
    started.continuation.yield()
    for await _ in opened.stream {}
  }
}

/// An engine that counts compilations.
private final class GatedEngine: Engine {
  struct Refusal: Error {}
  private struct State {
    var gate: Gate?
    var fails = false
    var compilations = 0
  }

  let capabilities = EngineCapabilities(
    engine: "gated", version: "1", device: "none", precisions: [.f32, .bf16])
  private let state = Mutex(State())
  private let engine = RecordingEngine()

  var gate: Gate? {
    get { state.withLock { $0.gate } }
    set { state.withLock { $0.gate = newValue } }
  }
  var fails: Bool {
    get { state.withLock { $0.fails } }
    set { state.withLock { $0.fails = newValue } }
  }
  var compilations: Int { state.withLock { $0.compilations } }

  func compile(_ graph: Graph, options: CompileOptions) async throws -> any Executable {
    state.withLock { $0.compilations += 1 }
    await gate?.pass()
    if fails { throw Refusal() }
    return try await engine.compile(graph, options: options)
  }
}

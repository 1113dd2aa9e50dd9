import Synchronization
package import Tensors

/// An engine that remembers what the denoisers it compiled were given: what quantised layers are calibrated on.
package final class DenoiserRecorder: Engine {
  private let engine: any Engine
  private let records = Mutex<[[String: Tensor]]>([])

  /// Remembers what runs on an engine.
  package init(_ engine: any Engine) { self.engine = engine }

  /// The engine's.
  package var capabilities: EngineCapabilities { engine.capabilities }

  /// The inputs of every run of a denoiser, in their order: `sample`, `time` and `context`.
  package var inputs: [[String: Tensor]] { records.withLock { $0 } }

  /// Compiles as the engine does.
  package func compile(_ graph: Graph, options: CompileOptions) async throws -> any Executable {
    let executable = try await engine.compile(graph, options: options)
    guard Set(executable.inputs.keys) == ["sample", "time", "context"] else { return executable }
    return Recorded(executable: executable) { [self] inputs in records.withLock { $0.append(inputs) } }
  }

  private struct Recorded: Executable {
    let executable: any Executable
    let note: @Sendable ([String: Tensor]) -> Void

    var inputs: [String: TensorType] { executable.inputs }
    var outputs: [String: TensorType] { executable.outputs }

    func run(_ inputs: [String: Tensor]) async throws -> [String: Tensor] {
      note(inputs)
      return try await executable.run(inputs)
    }
  }
}

import Diffusion
import Foundation
import Synchronization
import Tensors

/// An engine that computes nothing: it notes which graphs are compiled and what they are run with, and answers with
/// what it is asked to.
final class RecordingEngine: Engine {
  struct Run: Sendable {
    var inputs: [String: Tensor]
  }

  let capabilities = EngineCapabilities(engine: "recording", version: "1", device: "none", precisions: [.f32])
  private let answer: @Sendable (String, TensorType, [String: Tensor]) -> Tensor
  private let notes = Mutex<(compiled: [[String: TensorType]], runs: [Run])>(([], []))

  /// - Parameter answer: the output of that name and type for these inputs; zeros by default.
  init(
    answer: @escaping @Sendable (String, TensorType, [String: Tensor]) -> Tensor = { _, type, _ in
      Tensor(Array(repeating: 0, count: type.elementCount), shape: type.shape)
    }
  ) {
    self.answer = answer
  }

  /// The inputs of every graph that was compiled.
  var compiled: [[String: TensorType]] { notes.withLock { $0.compiled } }
  /// The denoiser's runs, in order.
  var denoisings: [Run] { notes.withLock { $0.runs.filter { $0.inputs["sample"] != nil } } }

  func compile(_ graph: Graph, options: CompileOptions) async throws -> any Executable {
    notes.withLock { $0.compiled.append(graph.inputTypes) }
    return Recorded(engine: self, inputs: graph.inputTypes, outputs: graph.outputTypes)
  }

  private struct Recorded: Executable {
    let engine: RecordingEngine
    let inputs: [String: TensorType]
    let outputs: [String: TensorType]

    func run(_ inputs: [String: Tensor]) async throws -> [String: Tensor] {
      try check(inputs)
      engine.notes.withLock { $0.runs.append(Run(inputs: inputs)) }
      return Dictionary(
        uniqueKeysWithValues: outputs.map { ($0.key, engine.answer($0.key, $0.value, inputs)) })
    }
  }
}

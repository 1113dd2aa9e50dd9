public import Diffusion
public import PipelineKit
import Tensors

extension Estimate {
  /// Adds what running networks takes: the engine's copy of the weights, the file's pages they are copied from, and the
  /// values between layers. Networks that are compiled already are used again.
  mutating func add(_ forms: [NetworkForm], of model: DiffusionModel, _ compute: ComputeOptions) throws {
    let quantization = try model.quantization
    for form in forms {
      add(try form.graph(of: model, WeightList()), as: NetworkKey(form, of: model, compute))
      guard let summary = quantization[form.component] else { continue }
      let remark = "the model's \(form.component.rawValue) is quantised: \(summary.description)"
      if !remarks.contains(remark) { remarks.append(remark) }
    }
  }

  /// Adds what running a network that stands alone takes.
  ///
  /// - Parameter weights: where its weights are.
  mutating func add(_ network: some StandaloneNetwork, weights: String, _ compute: ComputeOptions) throws {
    add(try network.graph(WeightList()), as: NetworkKey(network, weights: weights, compute))
  }

  private mutating func add(_ graph: Graph, as key: NetworkKey) {
    let width = key.compute.precision == .f32 ? 4 : 2
    // The file's pages stay resident while the engine copies them into its own layout.
    workingBytes += graph.constantElementCount * (4 + width) + graph.peakValueBytes
    reuses.insert(key.name)
  }
}

/// Compiled networks, which give way when stages need their memory.
public struct CompiledNetworks: KeptMemory {
  private let runtime: DiffusionRuntime

  /// Those of a runtime.
  public init(_ runtime: DiffusionRuntime) { self.runtime = runtime }

  /// Lets go of networks, those used longest ago first.
  public func shrink(to bytes: Int, keeping names: Set<String>) async {
    await runtime.shrink(to: bytes, keeping: names)
  }
}

import CTorch
import Foundation
import Foundations
public import Tensors

/// Runs graphs with libtorch, on the processor or on a GPU, and finds their gradients.
///
/// ```swift
/// let engine = try TorchEngine(device: "cuda:0")
/// let unet = try await engine.compile(graph, options: .init(precision: .f16))
/// let noise = try await unet.run(["sample": latents, …])["noise"]
/// ```
///
/// Runs are deterministic: the same inputs give the same bytes with the same version on the same device.
public final class TorchEngine: GradientEngine {
  /// libtorch's version, the processor's or the GPU's name, and the precisions it has instructions for.
  public let capabilities: EngineCapabilities
  /// The shim's file.
  public let libraryPath: String

  private let runtime: TorchRuntime
  private let device: String
  /// The precisions in which the device multiplies at all.
  private let supported: Set<Precision>
  /// Those in which it finds gradients.
  private let trained: Set<Precision>
  private let compiler = Compiler()

  /// Finds the shim, loads it, and libtorch with it.
  ///
  /// `make torch` builds the shim into `.runtime/torch`, which is looked for beside or above the executable or
  /// the current folder; then in the system's library folders.
  ///
  /// - Parameter device: `cpu`, `cuda` (the first GPU) or `cuda:N`.
  /// - Throws: `TorchError.runtimeMissing`, which says the command that mends it, or `TorchError.deviceAbsent`.
  public init(device: String = "cpu") throws(TorchError) {
    let runtime = try TorchRuntime()
    var description = pt_device()
    if let message = runtime.take(runtime.functions.describe_device(device, &description)) {
      throw .deviceAbsent(message: message)
    }
    self.runtime = runtime
    self.device = device
    libraryPath = runtime.path
    supported = precisions(description.supports)
    trained = precisions(description.trains)
    let native = precisions(description.is_native)
    capabilities = EngineCapabilities(
      engine: "libtorch", version: runtime.version,
      device: device == "cpu" ? processorName : kind(description) ?? "cuda",
      precisions: [.bf16, .f16].filter(native.contains) + [.f32])
  }

  /// Hands the graph to libtorch; on the processor, weights stay where they are.
  public func compile(_ graph: Graph, options: CompileOptions) async throws -> any Executable {
    try await compiler.compile(graph, for: .running, settings(options), runtime)
  }

  /// Hands the graph to libtorch with its parameters, which are copied.
  ///
  /// - Throws: `TorchError.untrainable` when the graph has no such output of one number, or no parameters;
  ///   `TorchError.trainingUnsupported`.
  public func compile(
    _ graph: Graph, differentiating loss: String, options: CompileOptions, recomputes: Bool
  ) async throws -> any GradientExecutable {
    guard trained.contains(options.precision) else {
      throw TorchError.trainingUnsupported(options.precision, device: device)
    }
    let purpose = GraphPurpose.training(loss: loss, recomputes: recomputes)
    return try await compiler.compile(graph, for: purpose, settings(options), runtime)
  }

  private func settings(_ options: CompileOptions) throws(TorchError) -> GraphSettings {
    guard supported.contains(options.precision) else {
      throw .precisionUnsupported(options.precision, device: device)
    }
    guard options.cacheFolder == nil else { throw .cacheUnsupported }
    return GraphSettings(
      device: device, precision: options.precision,
      threads: options.threads ?? ProcessorCount.current.count)
  }

  /// Compiles off the cooperative pool, for weights may have to be copied to a GPU.
  private actor Compiler {
    private let executor = QueueExecutor(label: "Torch.compile")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    func compile(
      _ graph: Graph, for purpose: GraphPurpose, _ settings: GraphSettings, _ runtime: TorchRuntime
    ) throws -> TorchModel {
      try Task.checkCancellation()
      return try TorchModel(graph, for: purpose, settings, runtime)
    }
  }
}

/// The precisions that an array of the shim's says yes to.
private func precisions(_ flags: (Int32, Int32, Int32)) -> Set<Precision> {
  let flags = [flags.0, flags.1, flags.2]
  return Set(Precision.allCases.filter { flags[$0.index] != 0 })
}

/// What a GPU is called; nil where it is not known.
private func kind(_ device: pt_device) -> String? {
  let bytes = withUnsafeBytes(of: device.kind) { Array($0.prefix { $0 != 0 }) }
  return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
}

/// The processor's full name, as Linux tells it.
private var processorName: String {
  let lines = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))?.split(separator: "\n") ?? []
  let name = lines.first { $0.hasPrefix("model name") }?.split(separator: ":", maxSplits: 1).last
  return name.map { $0.trimmingCharacters(in: .whitespaces) } ?? "cpu"
}

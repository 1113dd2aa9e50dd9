import Foundation
public import Tensors

/// Runs graphs on the processor with OpenVINO.
///
/// ```swift
/// let engine = try OpenVINOEngine()
/// let precision = try await engine.fastestPrecision()
/// let unet = try await engine.compile(graph, options: .init(precision: precision))
/// let noise = try await unet.run(["sample": latents, …])["noise"]
/// ```
public final class OpenVINOEngine: Engine {
  /// Runtime version, processor, and the precisions it has instructions for.
  public let capabilities: EngineCapabilities
  /// The library's file.
  public let libraryPath: String

  private let core: Core
  private let compiler: Compiler

  /// The library that would be loaded, found without loading it; nil when it is for the system's loader to find.
  public static var installedLibrary: String? {
    RuntimeLocator.current.candidates().first { FileManager.default.fileExists(atPath: $0) }
  }

  /// Finds the runtime and loads it.
  ///
  /// Looked for in `$PIPELINE_OPENVINO`; then `.runtime/openvino` beside or above the executable or the current
  /// folder; then the system's library folders.
  ///
  /// - Throws: `OpenVINOError.runtimeMissing`, which says the command that mends it.
  public init() throws(OpenVINOError) {
    let runtime = try OpenVINORuntime()
    let core = try Core(runtime)
    let native = try core.property("OPTIMIZATION_CAPABILITIES").split(separator: " ")
    let candidates: [(String, Precision)] = [("BF16", .bf16), ("FP16", .f16)]
    libraryPath = runtime.path
    capabilities = EngineCapabilities(
      engine: "OpenVINO", version: runtime.version, device: try core.property("FULL_DEVICE_NAME"),
      precisions: candidates.filter { native.contains(Substring($0.0)) }.map(\.1) + [.f32],
      notes: runtime.notes)
    self.core = core
    compiler = Compiler()
  }

  /// Hands the graph to the runtime; weights stay where they are.
  public func compile(_ graph: Graph, options: CompileOptions) async throws -> any Executable {
    try await compiler.compile(graph, options, core)
  }

  /// Compiles off the cooperative pool, one graph at a time, for each uses all cores and much memory.
  private actor Compiler {
    private let executor = QueueExecutor(label: "OpenVINO.compile")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
    /// Found out when it first matters.
    private var sumsIntegersExactly: Bool?

    func compile(_ graph: Graph, _ options: CompileOptions, _ core: Core) throws -> CompiledModel {
      try Task.checkCancellation()
      let spelling = IRWriter.Spelling(
        // Winograd's sums cancel: narrower types have too few digits for them.
        winograd: options.allowsWinograd && options.precision == .f32,
        rounding: try graph.quantizesInputs && !(options.allowsIntegers && sumsIntegersExactly(core)))
      return try CompiledModel(graph, CompiledHandle(graph, options, spelling, on: core))
    }

    private func sumsIntegersExactly(_ core: Core) throws -> Bool {
      if let sumsIntegersExactly { return sumsIntegersExactly }
      let found = try IntegerSums.areExact(on: core)
      sumsIntegersExactly = found
      return found
    }
  }
}

extension CompileOptions {
  /// The options as OpenVINO spells them.
  var properties: [(key: String, value: String)] {
    var properties = [
      ("INFERENCE_PRECISION_HINT", precision.rawValue),
      // One picture at a time, with all threads.
      ("PERFORMANCE_HINT", "LATENCY"),
      ("NUM_STREAMS", "1"),
    ]
    if let threads { properties.append(("INFERENCE_NUM_THREADS", "\(threads)")) }
    if let cacheFolder { properties.append(("CACHE_DIR", cacheFolder)) }
    return properties.map { (key: $0.0, value: $0.1) }
  }
}

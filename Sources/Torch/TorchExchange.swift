import CTorch
public import Tensors

/// Processes, on one machine or several, that train one network together: connected by Gloo, which libtorch brings.
///
/// ```swift
/// let environment = ProcessInfo.processInfo.environment
/// let exchange: any GradientExchange =
///   if let place = try ProcessPlace(environment: environment) { try await TorchExchange(place) } else { SingleProcess() }
/// let trainer = try await Trainer(model, on: batches, settings: settings, folder: folder, exchange: exchange)
/// ```
///
/// Gradients of `TorchEngine`'s models are exchanged without leaving libtorch. Numbers travel unencrypted, as with
/// PyTorch: the network between the machines has to be trusted.
public actor TorchExchange: GradientExchange {
  /// Which process this is, from 0 on.
  public nonisolated let rank: Int
  /// How many there are.
  public nonisolated let processCount: Int

  private let executor = QueueExecutor(label: "Torch.exchange")
  private let group: GroupHandle

  /// The thread on which it waits for the others.
  public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  /// Waits until all processes are there.
  ///
  /// - Parameter timeout: how long the others are waited for, now and in every exchange. It must exceed the time in
  ///   which process 0 writes a checkpoint or draws samples. A process that ended is noticed at once.
  /// - Throws: `TorchError.runtimeMissing`; `TorchError.othersAbsent` when not all come in time, or when this libtorch
  ///   is built without Gloo.
  public init(_ place: ProcessPlace, timeout: Duration = .seconds(1800)) async throws(TorchError) {
    let runtime = try TorchRuntime()
    (rank, processCount) = (place.rank, place.count)
    group = try GroupHandle(place, timeout: timeout, runtime: runtime)
  }

  /// Replaces numbers by their mean over all processes.
  ///
  /// - Throws: `TorchError.othersAbsent` when another process ended or does not answer in time; then so does every
  ///   later call.
  public func average(_ values: inout [Float]) throws(TorchError) { try group.average(&values) }

  /// Replaces the gradients of a model's parameters by their mean over all processes.
  ///
  /// - Throws: `TorchError.othersAbsent`, as `average`; `TorchError.untrainable` for another engine's model.
  public func averageGradients(of model: any GradientExecutable) async throws {
    guard let model = model as? TorchModel else {
      throw TorchError.untrainable(
        message: "gradients of a model that libtorch does not run are not exchanged by it")
    }
    try await model.averageGradients(over: group)
  }

  /// Returns once all processes have called it.
  ///
  /// - Throws: `TorchError.othersAbsent`, as `average`.
  public func waitForAll() throws(TorchError) { try group.barrier() }
}

/// Owns a group in the shim.
///
/// Sendable: the shim lets one call in at a time.
final class GroupHandle: @unchecked Sendable {
  private let runtime: TorchRuntime
  private let handle: OpaquePointer

  init(_ place: ProcessPlace, timeout: Duration, runtime: TorchRuntime) throws(TorchError) {
    var handle: OpaquePointer?
    let message = place.host.withCString { host in
      "attempt \(place.attempt)".withCString { attempt in
        var description = pt_place(
          address: host, port: Int32(clamping: place.port),
          hosts_store: place.rank == 0 && !place.isHosted ? 1 : 0, rank: Int32(clamping: place.rank),
          count: Int32(clamping: place.count), attempt: attempt,
          timeout: max(Int64(timeout / .milliseconds(1)), 1))
        return runtime.functions.group_create(&description, &handle)
      }
    }
    if let words = runtime.take(message) { throw .othersAbsent(message: words) }
    guard let handle else { throw .callFailed(message: "no group was made") }
    (self.runtime, self.handle) = (runtime, handle)
  }

  deinit { runtime.functions.group_free(handle) }

  func average(_ values: inout [Float]) throws(TorchError) {
    try check(
      values.withUnsafeMutableBufferPointer {
        runtime.functions.group_average(handle, $0.baseAddress, $0.count)
      })
  }

  /// - Parameter graph: the shim's graph, used by nobody else meanwhile.
  func averageGradients(of graph: OpaquePointer) throws(TorchError) {
    try check(runtime.functions.group_average_gradients(handle, graph))
  }

  func barrier() throws(TorchError) { try check(runtime.functions.group_barrier(handle)) }

  private func check(_ message: UnsafeMutablePointer<CChar>?) throws(TorchError) {
    if let words = runtime.take(message) { throw .othersAbsent(message: words) }
  }
}

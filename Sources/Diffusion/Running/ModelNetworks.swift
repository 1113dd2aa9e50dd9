import Tensors

/// A model's networks, computed in one way.
struct ModelNetworks: Sendable {
  let model: DiffusionModel
  let compute: ComputeOptions
  let runtime: DiffusionRuntime

  init(_ model: DiffusionModel, _ compute: ComputeOptions, _ runtime: DiffusionRuntime) {
    (self.model, self.compute, self.runtime) = (model, compute, runtime)
  }

  /// Runs a network, which is compiled first if nobody did.
  func run(_ form: NetworkForm, _ inputs: [String: Tensor]) async throws -> [String: Tensor] {
    try await executable(form).run(inputs)
  }

  /// A network ready to run, which is compiled first if nobody did.
  func executable(_ form: NetworkForm) async throws -> any Executable {
    try await runtime.network(form, of: model, compute)
  }
}

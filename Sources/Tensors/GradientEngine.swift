/// An engine that also finds gradients.
public protocol GradientEngine: Engine {
  /// Makes a graph ready to be trained: its parameters (see `Constant.trained(as:)`) are copied, and `loss`, an
  /// output of one number, is what gradients are taken of.
  ///
  /// - Throws: when there is no such output, it has more than one number, or the graph has no parameters.
  func compile(
    _ graph: Graph, differentiating loss: String, options: CompileOptions
  ) async throws -> any GradientExecutable
}

/// A compiled graph whose parameters can be changed, and that finds the gradient of its loss.
///
/// ```swift
/// let model = try await engine.compile(graph, differentiating: "loss", options: .init(precision: .f32))
/// let loss = try await model.differentiate(batch, scale: 1)["loss"]
/// for name in model.parameters.keys { let gradient = try await model.gradient(of: name) … }
/// try await model.clearGradients()
/// ```
///
/// `run` computes the outputs with the parameters' present values, and touches no gradient.
public protocol GradientExecutable: Executable {
  /// The parameters, by name.
  var parameters: [String: TensorType] { get }

  /// Runs the graph once and adds the gradients of the loss, times `scale`, to those of the parameters: so
  /// several runs accumulate.
  ///
  /// - Returns: the outputs, the loss unscaled among them.
  func differentiate(_ inputs: [String: Tensor], scale: Double) async throws -> [String: Tensor]
  /// Sets all gradients to zero.
  func clearGradients() async throws

  /// A parameter's present value.
  func value(of parameter: String) async throws -> Tensor
  /// Changes a parameter's value.
  func setValue(of parameter: String, to value: Tensor) async throws
  /// A parameter's accumulated gradient: zeros at first.
  func gradient(of parameter: String) async throws -> Tensor
  /// Changes a parameter's accumulated gradient, to clip it or to average it with others'.
  func setGradient(of parameter: String, to gradient: Tensor) async throws
}

/// An engine that also finds gradients.
public protocol GradientEngine: Engine {
  /// Makes a graph ready to be trained: its parameters (see `Constant.trained(as:)`) are copied, and `loss`, an
  /// output of one number, is what gradients are taken of.
  ///
  /// Parameters, gradients and the optimizer's moments are `f32` whatever the precision, which is that of products:
  /// convolutions, matrix products, attention. Normalisations, reductions and losses are computed in `f32`.
  ///
  /// - Parameter recomputes: whether values inside segments of the graph (see `Graph.segmentStarts`) are computed anew
  ///   on the way back instead of being kept: less memory, for about a third more time. Gradients differ by no more than
  ///   the order of sums.
  /// - Throws: when there is no such output, it has more than one number, the graph has no parameters, or the engine
  ///   finds no gradients in that precision.
  func compile(
    _ graph: Graph, differentiating loss: String, options: CompileOptions, recomputes: Bool
  ) async throws -> any GradientExecutable
}

extension GradientEngine {
  /// Makes a graph ready to be trained, all values being kept until gradients went through them.
  public func compile(
    _ graph: Graph, differentiating loss: String, options: CompileOptions
  ) async throws -> any GradientExecutable {
    try await compile(graph, differentiating: loss, options: options, recomputes: false)
  }
}

/// A compiled graph whose parameters can be changed, and that finds the gradient of its loss.
///
/// ```swift
/// let model = try await engine.compile(graph, differentiating: "loss", options: .init(precision: .f32))
/// for (step, batch) in batches.enumerated() {
///   let loss = try await model.differentiate(batch, scale: 1)["loss"]
///   try await model.update(AdamW(rate: 1e-4), step: step + 1, gradientScale: 1)
///   try await model.clearGradients()
/// }
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
  /// The Euclidean length of all gradients together; not finite when one of them is not.
  func gradientNorm() async throws -> Double
  /// Changes every parameter that has a gradient by one step; gradients stay.
  ///
  /// - Parameters:
  ///   - step: counted from 1 on; corrects the moments' bias.
  ///   - gradientScale: what gradients are multiplied by first: 1, or less to clip them.
  func update(_ optimizer: AdamW, step: Int, gradientScale: Double) async throws

  /// A part of a parameter's state, in the parameter's own type.
  func read(_ part: ParameterPart, of parameter: String) async throws -> Tensor
  /// Changes a part of a parameter's state, to go on with a training that was interrupted, say.
  func write(_ part: ParameterPart, of parameter: String, _ tensor: Tensor) async throws
}

/// What a parameter's state consists of. All but the value are zeros at first.
public enum ParameterPart: String, Sendable, Hashable, CaseIterable {
  /// What runs compute with.
  case value
  /// The gradient that runs have accumulated.
  case gradient
  /// AdamW's mean of gradients.
  case firstMoment
  /// AdamW's mean of gradients' squares.
  case secondMoment
}

/// Adam with weights that decay apart from the gradient: Loshchilov and Hutter 2019, as PyTorch computes it.
public struct AdamW: Sendable, Hashable {
  /// How far a step goes.
  public var rate: Double
  /// What stays of the mean of gradients in a step: β₁.
  public var firstDecay: Double
  /// What stays of the mean of their squares in a step: β₂.
  public var secondDecay: Double
  /// Added to the root of the second moment: ε.
  public var epsilon: Double
  /// What weights lose in a step, as a part of the rate.
  public var weightDecay: Double

  /// Adam with weights that decay; all but the rate are PyTorch's own numbers unless given.
  public init(
    rate: Double, firstDecay: Double = 0.9, secondDecay: Double = 0.999, epsilon: Double = 1e-8,
    weightDecay: Double = 1e-2
  ) {
    self.rate = rate
    self.firstDecay = firstDecay
    self.secondDecay = secondDecay
    self.epsilon = epsilon
    self.weightDecay = weightDecay
  }
}

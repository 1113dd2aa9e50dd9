import Tensors
import Testing

/// Parameters with gradients written by hand, so that training is tested without an engine.
actor StubModel: GradientExecutable {
  typealias Inputs = [String: [Float]]
  /// The loss and its gradients at these parameters.
  typealias Slope = @Sendable (_ inputs: Inputs, _ parameters: Inputs) -> (loss: Float, gradients: Inputs)

  nonisolated let inputs: [String: TensorType]
  nonisolated let outputs = ["loss": TensorType(.f32, [])]
  nonisolated let parameters: [String: TensorType]
  private var state: [ParameterPart: Inputs]
  private let slope: Slope

  init(_ start: [String: Tensor], inputs: [String: TensorType], slope: @escaping Slope) {
    self.inputs = inputs
    self.slope = slope
    parameters = start.mapValues(\.type)
    let zeros = start.mapValues { [Float](repeating: 0, count: $0.type.elementCount) }
    state = [
      .value: start.mapValues(\.floats), .gradient: zeros, .firstMoment: zeros, .secondMoment: zeros,
    ]
  }

  /// y = w · x + b by least squares: w of two numbers, b of one, a batch of four.
  static func regression() -> StubModel {
    StubModel(
      ["w": Tensor([0.5, -0.25], shape: [2]), "b": Tensor([0.1], shape: [1])],
      inputs: ["x": TensorType(.f32, [4, 2]), "y": TensorType(.f32, [4])]
    ) { inputs, parameters in
      let (x, y, w, b) = (inputs["x"]!, inputs["y"]!, parameters["w"]!, parameters["b"]![0])
      let errors = (0..<4).map { x[2 * $0] * w[0] + x[2 * $0 + 1] * w[1] + b - y[$0] }
      let along = { (column: Int) in (0..<4).map { errors[$0] * x[2 * $0 + column] }.reduce(0, +) / 2 }
      return (
        errors.map { $0 * $0 }.reduce(0, +) / 4,
        ["w": [along(0), along(1)], "b": [errors.reduce(0, +) / 2]]
      )
    }
  }

  func run(_ inputs: [String: Tensor]) throws -> [String: Tensor] {
    try check(inputs)
    return ["loss": Tensor([slope(inputs.mapValues(\.floats), state[.value]!).loss], shape: [])]
  }

  func differentiate(_ inputs: [String: Tensor], scale: Double) throws -> [String: Tensor] {
    try check(inputs)
    let (loss, gradients) = slope(inputs.mapValues(\.floats), state[.value]!)
    for (name, gradient) in gradients {
      for (index, value) in gradient.enumerated() { state[.gradient]![name]![index] += Float(scale) * value }
    }
    return ["loss": Tensor([loss], shape: [])]
  }

  func clearGradients() {
    state[.gradient] = state[.gradient]!.mapValues { [Float](repeating: 0, count: $0.count) }
  }

  func gradientNorm() -> Double {
    state[.gradient]!.values.joined().map { Double($0) * Double($0) }.reduce(0, +).squareRoot()
  }

  func update(_ optimizer: AdamW, step: Int, gradientScale: Double) {
    for name in parameters.keys {
      for index in 0..<state[.value]![name]!.count { update(optimizer, name, index, step, gradientScale) }
    }
  }

  /// Loshchilov and Hutter 2019, algorithm 2.
  private func update(_ adam: AdamW, _ name: String, _ index: Int, _ step: Int, _ scale: Double) {
    let gradient = state[.gradient]![name]![index] * Float(scale)
    var (value, first) = (state[.value]![name]![index], state[.firstMoment]![name]![index])
    var second = state[.secondMoment]![name]![index]
    first += Float(1 - adam.firstDecay) * (gradient - first)
    second = Float(adam.secondDecay) * second + Float(1 - adam.secondDecay) * gradient * gradient
    value *= Float(1 - adam.rate * adam.weightDecay)
    let (correction1, correction2) = (1 - power(adam.firstDecay, step), 1 - power(adam.secondDecay, step))
    value -=
      Float(adam.rate / correction1) * first
      / (second.squareRoot() / Float(correction2.squareRoot()) + Float(adam.epsilon))
    state[.value]![name]![index] = value
    state[.firstMoment]![name]![index] = first
    state[.secondMoment]![name]![index] = second
  }

  private func power(_ base: Double, _ exponent: Int) -> Double {
    (0..<exponent).reduce(1) { power, _ in power * base }
  }

  func read(_ part: ParameterPart, of parameter: String) throws -> Tensor {
    Tensor(try #require(state[part]?[parameter]), shape: parameters[parameter]!.shape)
  }

  func write(_ part: ParameterPart, of parameter: String, _ tensor: Tensor) throws {
    try #require(tensor.type == parameters[parameter])
    state[part]![parameter] = tensor.floats
  }
}

import CTorch
import Tensors

/// An operator as the shim numbers it: kind, integer attributes, epsilon.
struct TorchOperation {
  let kind: pt_operator
  let attributes: [Int64]
  var epsilon: Float = 0

  fileprivate init(_ kind: pt_operator, _ attributes: [Int] = [], epsilon: Float = 0) {
    self.kind = kind
    self.attributes = attributes.map(Int64.init)
    self.epsilon = epsilon
  }

  /// The same elements under other dimensions.
  static func reshape(_ shape: [Int]) -> TorchOperation { TorchOperation(PT_RESHAPE, shape) }
}

/// An operator as the shim takes it.
enum TorchStep {
  /// What every run brings.
  case input(TensorType)
  /// Bytes that are known.
  case constant(Constant)
  /// What is computed.
  case operation(TorchOperation)

  init(_ kind: Operator) {
    switch kind {
    case .input(_, let type): self = .input(type)
    case .constant(let constant): self = .constant(constant)
    case .unary(let function): self = .computed(function.kind)
    case .binary(let function): self = .computed(function.kind)
    case .convert(let elementType): self = .computed(PT_CONVERT, [Int(elementType.element.rawValue)])
    case .matMul(let left, let right): self = .computed(PT_MATMUL, [left ? 1 : 0, right ? 1 : 0])
    case .convolution(let geometry):
      let padding = geometry.padding
      self = .computed(
        PT_CONVOLUTION, [geometry.stride, padding.top, padding.left, padding.bottom, padding.right])
    case .attention: self = .computed(PT_ATTENTION)
    case .groupNormalization(let groups, let epsilon):
      self = .computed(PT_GROUP_NORMALIZATION, [groups], epsilon: epsilon)
    case .meanVarianceNormalization(let axes, let epsilon):
      self = .computed(PT_MEAN_VARIANCE, axes, epsilon: epsilon)
    case .fakeQuantization(let levels): self = .computed(PT_FAKE_QUANTIZATION, [levels])
    case .stopGradient: self = .computed(PT_STOP_GRADIENT)
    case .softmax(let axis): self = .computed(PT_SOFTMAX, [axis])
    case .reduce(let reduction, let axes, let keepsDimensions):
      self = .computed(reduction == .mean ? PT_MEAN : PT_SUM, [keepsDimensions ? 1 : 0] + axes)
    case .reshape(let shape): self = .computed(PT_RESHAPE, shape)
    case .transpose(let order): self = .computed(PT_TRANSPOSE, order)
    case .concatenate(let axis): self = .computed(PT_CONCATENATE, [axis])
    case .split(let axis, let count): self = .computed(PT_SPLIT, [axis, count])
    case .slice(let axis, let range, let step):
      self = .computed(PT_SLICE, [axis, range.lowerBound, range.upperBound, step])
    case .gather(let axis): self = .computed(PT_GATHER, [axis])
    case .broadcast(let shape): self = .computed(PT_BROADCAST, shape)
    case .pad(let before, let after): self = .computed(PT_PAD, before + after)
    case .resizeNearest(let height, let width): self = .computed(PT_RESIZE_NEAREST, [height, width])
    }
  }

  private static func computed(_ kind: pt_operator, _ attributes: [Int] = [], epsilon: Float = 0) -> TorchStep
  {
    .operation(TorchOperation(kind, attributes, epsilon: epsilon))
  }
}

// MARK: - Numbers of the shim's header

extension Operator.Unary {
  fileprivate var kind: pt_operator {
    switch self {
    case .squareRoot: PT_SQUARE_ROOT
    case .sine: PT_SINE
    case .cosine: PT_COSINE
    case .exponential: PT_EXPONENTIAL
    case .logarithm: PT_LOGARITHM
    case .negative: PT_NEGATIVE
    case .absolute: PT_ABSOLUTE
    case .tanh: PT_TANH
    case .sigmoid: PT_SIGMOID
    case .swish: PT_SWISH
    case .relu: PT_RELU
    case .gelu: PT_GELU
    case .geluTanh: PT_GELU_TANH
    }
  }
}

extension Operator.Binary {
  fileprivate var kind: pt_operator {
    switch self {
    case .add: PT_ADD
    case .subtract: PT_SUBTRACT
    case .multiply: PT_MULTIPLY
    case .divide: PT_DIVIDE
    case .power: PT_POWER
    case .maximum: PT_MAXIMUM
    case .minimum: PT_MINIMUM
    }
  }
}

extension ElementType {
  /// The type as the shim numbers it.
  var element: pt_element {
    switch self {
    case .f32: PT_F32
    case .f16: PT_F16
    case .bf16: PT_BF16
    case .i8: PT_I8
    case .i32: PT_I32
    case .i64: PT_I64
    case .bool: PT_BOOL
    }
  }
}

extension ParameterPart {
  /// The part as the shim numbers it.
  var aspect: pt_aspect {
    switch self {
    case .value: PT_VALUE
    case .gradient: PT_GRADIENT
    case .firstMoment: PT_FIRST_MOMENT
    case .secondMoment: PT_SECOND_MOMENT
    }
  }
}

extension Precision {
  /// The type of products as the shim numbers it.
  var element: pt_element {
    switch self {
    case .f32: PT_F32
    case .f16: PT_F16
    case .bf16: PT_BF16
    }
  }

  /// Where the shim's descriptions of a device tell of it.
  var index: Int { Int(element.rawValue) }
}

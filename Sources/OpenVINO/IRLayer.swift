import Tensors

/// An operator as OpenVINO names it: type, operator set, attributes, and the settings that it takes as inputs
/// behind its operands.
struct IRLayer {
  let type: String
  let opset: String
  let attributes: [String: String]
  let settings: [Tensor]
  /// Whether this widens a weight. Unless marked, the runtime keeps a wide copy of every such weight for good.
  var isDecompression = false
  /// Which of the operator's operands it takes, in its own order; nil takes each once.
  private(set) var operands: [Int]?

  init(_ type: String, _ attributes: [String: String], opset: Int = 1, settings: [Tensor] = []) {
    self.type = type
    self.opset = "opset\(opset)"
    self.attributes = attributes
    self.settings = settings
  }

  /// The layer of bytes that stand in the file of weights from `offset` on.
  init(constant type: TensorType, offset: Int) {
    self.init(
      "Const",
      [
        "element_type": type.elementType.irName, "shape": list(type.shape), "offset": "\(offset)",
        "size": "\(type.byteCount)",
      ])
  }

  /// The layer of an operator; a constant's bytes have, or find, their place in the layout.
  init(_ kind: Operator, in layout: inout WeightLayout) {
    switch kind {
    case .constant(let constant): self.init(constant: constant.type, offset: layout.offset(of: constant))
    case .input(_, let type):
      self.init("Parameter", ["element_type": type.elementType.irName, "shape": list(type.shape)])
    case .convert(let elementType): self.init("Convert", ["destination_type": elementType.irName])
    case .unary(let function): self.init(function)
    case .binary(let function): self.init(function.irType, ["auto_broadcast": "numpy"])
    case .matMul(let left, let right):
      self.init("MatMul", ["transpose_a": "\(left)", "transpose_b": "\(right)"])
    case .attention: self.init("ScaledDotProductAttention", ["causal": "false"], opset: 13)
    case .convolution(let geometry): self.init(geometry)
    case .groupNormalization(let groups, let epsilon):
      self.init(
        "GroupNormalization", ["num_groups": "\(groups)", "epsilon": "\(epsilon)"], opset: 12)
    case .meanVarianceNormalization(let axes, let epsilon):
      self.init(
        "MVN", ["eps": "\(epsilon)", "eps_mode": "INSIDE_SQRT", "normalize_variance": "true"], opset: 6,
        settings: [integers(axes)])
    case .fakeQuantization(let levels):
      self.init("FakeQuantize", ["levels": "\(levels)", "auto_broadcast": "numpy"])
      // The range of what comes out is that of what goes in.
      operands = [0, 1, 2, 1, 2]
    case .stopGradient: self.init("Identity", [:], opset: 16)
    case .softmax(let axis): self.init("SoftMax", ["axis": "\(axis)"], opset: 8)
    case .reduce(let reduction, let axes, let keepsDimensions):
      self.init(
        reduction == .mean ? "ReduceMean" : "ReduceSum", ["keep_dims": "\(keepsDimensions)"],
        settings: [integers(axes)])
    case .reshape(let shape):
      self.init("Reshape", ["special_zero": "false"], settings: [integers(shape)])
    case .transpose(let order): self.init("Transpose", [:], settings: [integers(order)])
    case .concatenate(let axis): self.init("Concat", ["axis": "\(axis)"])
    case .split(let axis, let count):
      self.init("Split", ["num_splits": "\(count)"], settings: [integer(axis)])
    case .slice(let axis, let range, let step):
      self.init(
        "Slice", [:], opset: 8,
        settings: [[range.lowerBound], [range.upperBound], [step], [axis]].map(integers))
    case .gather(let axis):
      self.init("Gather", ["batch_dims": "0"], opset: 8, settings: [integer(axis)])
    case .broadcast(let shape):
      self.init("Broadcast", ["mode": "numpy"], opset: 3, settings: [integers(shape)])
    case .pad(let before, let after):
      self.init("Pad", ["pad_mode": "constant"], settings: [integers(before), integers(after)])
    case .resizeNearest(let height, let width):
      let attributes = [
        "mode": "nearest", "shape_calculation_mode": "sizes", "antialias": "false",
        "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor",
        "pads_begin": "0", "pads_end": "0", "cube_coeff": "-0.75",
      ]
      self.init(
        "Interpolate", attributes, opset: 11, settings: [integers([height, width]), integers([2, 3])])
    }
  }
}

// MARK: - Elementwise

extension IRLayer {
  private init(_ function: Operator.Unary) {
    switch function {
    case .squareRoot: self.init("Sqrt", [:])
    case .sine: self.init("Sin", [:])
    case .cosine: self.init("Cos", [:])
    case .exponential: self.init("Exp", [:])
    case .logarithm: self.init("Log", [:])
    case .negative: self.init("Negative", [:])
    case .absolute: self.init("Abs", [:])
    case .tanh: self.init("Tanh", [:])
    case .sigmoid: self.init("Sigmoid", [:])
    case .swish: self.init("Swish", [:], opset: 4)
    case .relu: self.init("ReLU", [:])
    case .gelu: self.init("Gelu", ["approximation_mode": "ERF"], opset: 7)
    case .geluTanh: self.init("Gelu", ["approximation_mode": "TANH"], opset: 7)
    }
  }
}

extension Operator.Binary {
  fileprivate var irType: String {
    switch self {
    case .add: "Add"
    case .subtract: "Subtract"
    case .multiply: "Multiply"
    case .divide: "Divide"
    case .power: "Power"
    case .maximum: "Maximum"
    case .minimum: "Minimum"
    }
  }
}

// MARK: - Convolution

extension IRLayer {
  private init(_ geometry: Operator.Convolution) {
    let (stride, padding) = (geometry.stride, geometry.padding)
    let attributes = [
      "strides": list([stride, stride]), "dilations": "1,1", "auto_pad": "explicit",
      "pads_begin": list([padding.top, padding.left]), "pads_end": list([padding.bottom, padding.right]),
    ]
    self.init("Convolution", attributes)
  }
}

// MARK: - Settings

/// A vector of integers, the form of axes and shapes.
private func integers(_ values: [Int]) -> Tensor {
  Tensor(integers: values.map(Int64.init), shape: [values.count])
}

/// One integer.
private func integer(_ value: Int) -> Tensor { Tensor(integers: [Int64(value)], shape: []) }

/// The operators of a graph. Shapes and types of their results follow from those of their inputs.
public enum Operator: Sendable {
  /// A named input of the graph. No inputs.
  case input(name: String, TensorType)
  /// A value known when the graph is built. No inputs.
  case constant(Constant)
  /// A function of every element.
  case unary(Unary)
  /// A function of two elements; dimensions broadcast as in NumPy.
  case binary(Binary)
  /// The same numbers in another type.
  case convert(ElementType)
  /// Product of the last two dimensions, either operand transposed at will; the others broadcast.
  case matMul(transposesLeft: Bool, transposesRight: Bool)
  /// `[batch, in, height, width]` with a kernel `[out, in, kernelHeight, kernelWidth]`.
  case convolution(Convolution)
  /// Scaled dot-product attention: queries, keys, values `[…, tokens, width]`, scale 1/√width.
  case attention
  /// `[batch, channels, …]`, scale `[channels]`, bias `[channels]`.
  case groupNormalization(groups: Int, epsilon: Float)
  /// Zero mean and unit variance over `axes`; no scale, no bias.
  case meanVarianceNormalization(axes: [Int], epsilon: Float)
  /// Quantised and dequantised: clamped to lowest…highest and rounded to the nearest of `levels` evenly spaced values,
  /// ties to even. Inputs: values, lowest, highest; the last two broadcast as in NumPy. An engine that computes in
  /// integers may give a product these operands as they are before they are dequantised (Jacob et al. 2018).
  case fakeQuantization(levels: Int)
  /// The same values, through which no gradient goes back.
  case stopGradient
  /// Exponentials normalised along an axis.
  case softmax(axis: Int)
  /// Mean or sum over axes.
  case reduce(Reduction, axes: [Int], keepsDimensions: Bool)
  /// The same elements under other dimensions.
  case reshape([Int])
  /// The dimensions in another order: result dimension i is input dimension `order[i]`.
  case transpose([Int])
  /// Inputs one after another along an axis.
  case concatenate(axis: Int)
  /// Equal parts along an axis, one result each.
  case split(axis: Int, count: Int)
  /// Every `step`th element of `range` along an axis.
  case slice(axis: Int, range: Range<Int>, step: Int)
  /// Elements of the first input along `axis`, chosen by the integers of the second.
  case gather(axis: Int)
  /// Repeats dimensions of 1, and adds leading ones, until the shape is reached.
  case broadcast([Int])
  /// Zeros before and after every dimension.
  case pad(before: [Int], after: [Int])
  /// Nearest-neighbour resizing of the last two dimensions: source index = ⌊index · in / out⌋.
  case resizeNearest(height: Int, width: Int)

  /// Functions of one element.
  public enum Unary: String, Sendable, Hashable, CaseIterable {
    /// √x.
    case squareRoot
    /// sin x, in radians.
    case sine
    /// cos x, in radians.
    case cosine
    /// eˣ.
    case exponential
    /// ln x.
    case logarithm
    /// −x.
    case negative
    /// |x|.
    case absolute
    /// tanh x.
    case tanh
    /// 1 / (1 + e⁻ˣ).
    case sigmoid
    /// x · sigmoid(x), also called SiLU.
    case swish
    /// max(x, 0).
    case relu
    /// x · Φ(x), with the error function.
    case gelu
    /// x · Φ(x), in the usual tanh approximation.
    case geluTanh
  }

  /// Functions of two elements.
  public enum Binary: String, Sendable, Hashable, CaseIterable {
    /// a + b.
    case add
    /// a − b.
    case subtract
    /// a · b.
    case multiply
    /// a / b.
    case divide
    /// aᵇ.
    case power
    /// The larger.
    case maximum
    /// The smaller.
    case minimum
  }

  /// What becomes of the elements along reduced axes.
  public enum Reduction: String, Sendable, Hashable, CaseIterable {
    /// Their mean.
    case mean
    /// Their sum.
    case sum
  }

  /// A two-dimensional convolution's geometry.
  public struct Convolution: Sendable, Hashable {
    /// Step, the same down and across.
    public var stride: Int
    /// Zeros around the picture, in pixels.
    public var padding: Padding

    /// A two-dimensional convolution's geometry.
    public init(stride: Int = 1, padding: Padding = .zero) {
      self.stride = stride
      self.padding = padding
    }
  }

  /// Pixels added around a picture.
  public struct Padding: Sendable, Hashable {
    /// Rows above.
    public var top: Int
    /// Columns before.
    public var left: Int
    /// Rows below.
    public var bottom: Int
    /// Columns after.
    public var right: Int

    /// Pixels added around a picture.
    public init(top: Int, left: Int, bottom: Int, right: Int) {
      (self.top, self.left, self.bottom, self.right) = (top, left, bottom, right)
    }

    /// None.
    public static let zero = Padding(top: 0, left: 0, bottom: 0, right: 0)

    /// The same on every side.
    public static func all(_ width: Int) -> Padding {
      Padding(top: width, left: width, bottom: width, right: width)
    }
  }

  /// The operator's name in messages.
  public var name: String {
    switch self {
    case .unary(let function): function.rawValue
    case .binary(let function): function.rawValue
    case .reduce(let reduction, _, _): reduction.rawValue
    case .input: "input"
    case .constant: "constant"
    case .convert: "convert"
    case .matMul: "matMul"
    case .convolution: "convolution"
    case .attention: "attention"
    case .groupNormalization: "groupNormalization"
    case .meanVarianceNormalization: "meanVarianceNormalization"
    case .fakeQuantization: "fakeQuantization"
    case .stopGradient: "stopGradient"
    case .softmax: "softmax"
    case .reshape: "reshape"
    case .transpose: "transpose"
    case .concatenate: "concatenate"
    case .split: "split"
    case .slice: "slice"
    case .gather: "gather"
    case .broadcast: "broadcast"
    case .pad: "pad"
    case .resizeNearest: "resizeNearest"
    }
  }
}

/// A convolution or a linear layer in 8 bits, as a checkpoint holds it: beside `NAME.weight` in I8 there are
/// `NAME.weight_scale`, `[out]`, by which each output channel's integers are to be multiplied, and, if what goes into the
/// layer is quantised, too, `NAME.input_range`, `[2]`, the lowest and the highest value that are told apart.
///
/// Weights are symmetric, −127…127 for −max…max of each output channel; inputs take 256 levels, of which one is zero.
/// Source: Jacob et al. 2018, "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only
/// Inference"; Krishnamoorthi 2018, "Quantizing deep convolutional networks for efficient inference", section 3.
enum QuantizedLayer {
  /// Behind a weight's name: the name of its scales.
  static let scaleEnding = "_scale"
  /// Behind a layer's name: the name of its inputs' range.
  private static let rangeEnding = ".input_range"
  /// How many values of inputs are told apart.
  static let levels = 256
  /// The largest integer that stands for a weight.
  static let largest: Float = 127

  /// Behind a layer's name: the name of its weight.
  static let weightEnding = ".weight"

  /// Names of what a checkpoint may hold beside a quantised weight: scales, and a range.
  static func companions(of weight: String) -> (scale: String, range: String) {
    let layer = weight.hasSuffix(weightEnding) ? String(weight.dropLast(weightEnding.count)) : weight
    return (weight + scaleEnding, range(of: layer))
  }

  /// The name of the range of a layer's inputs.
  static func range(of layer: String) -> String { layer + rangeEnding }

  /// A weight's integers and the scale of each output channel, the first dimension.
  ///
  /// - Precondition: there is a channel or more.
  static func quantize(_ values: [Float], channels: Int) -> (integers: [Int8], scales: [Float]) {
    let length = values.count / channels
    var integers: [Int8] = []
    integers.reserveCapacity(values.count)
    let scales = (0..<channels).map { channel in
      let row = values[channel * length..<(channel + 1) * length]
      let extent = row.reduce(0) { max($0, abs($1)) }
      // A channel of zeros is zeros by any scale.
      let scale = extent > 0 ? extent / largest : 1
      for value in row {
        integers.append(Int8(max(-largest, min(largest, (value / scale).rounded(.toNearestOrEven)))))
      }
      return scale
    }
    return (integers, scales)
  }

  /// The numbers that a weight's integers stand for.
  static func dequantize(_ integers: [Int8], scales: [Float]) -> [Float] {
    let length = integers.count / scales.count
    return integers.indices.map { Float(integers[$0]) * scales[$0 / length] }
  }

  /// What a number becomes that goes into a layer.
  static func rounded(_ value: Float, in range: ClosedRange<Float>) -> Float {
    let step = (range.upperBound - range.lowerBound) / Float(levels - 1)
    let clamped = max(range.lowerBound, min(range.upperBound, value))
    return ((clamped - range.lowerBound) / step).rounded(.toNearestOrEven) * step + range.lowerBound
  }

  /// The range with 256 levels, one of them exactly zero, that holds two numbers and zero: zero stays zero, as padding
  /// needs it.
  static func range(holding lowest: Float, _ highest: Float) -> ClosedRange<Float> {
    let (lowest, highest) = (min(lowest, 0), max(highest, 0))
    let steps = Float(levels - 1)
    let scale = highest > lowest ? (highest - lowest) / steps : 1 / steps
    let zero = (-lowest / scale).rounded(.toNearestOrEven)
    return -zero * scale...(steps - zero) * scale
  }
}

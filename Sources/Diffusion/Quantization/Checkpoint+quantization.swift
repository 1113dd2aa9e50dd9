/// What of a network is quantised.
public struct QuantizationSummary: Sendable, Hashable {
  /// Layers whose weights have 8 bits.
  public var weights = 0
  /// Those of them whose inputs have 8 bits, too.
  public var inputs = 0

  /// `8-bit weights and inputs in 84 of 90 layers`, as far as it is so.
  public var description: String {
    let layers = weights == 1 ? "1 layer" : "\(weights) layers"
    return switch inputs {
    case 0: "8-bit weights in \(layers)"
    case weights: "8-bit weights and inputs in \(layers)"
    default: "8-bit weights in \(layers), 8-bit inputs in \(inputs) of them"
    }
  }
}

extension Checkpoint {
  /// What of it is quantised; nil when nothing is.
  package var quantization: QuantizationSummary? {
    let weights = tensors.keys.filter { hasScales(of: $0) }
    guard !weights.isEmpty else { return nil }
    let inputs = weights.count { tensors[QuantizedLayer.companions(of: $0).range] != nil }
    return QuantizationSummary(weights: weights.count, inputs: inputs)
  }

  /// Whether a tensor is a quantised weight that comes with a scale for each output channel.
  func hasScales(of name: String) -> Bool {
    guard let weight = self[name], weight.scalarType == .int8, weight.shape.count > 1,
      let scale = self[name + QuantizedLayer.scaleEnding]
    else { return false }
    return scale.scalarType.isWeight && scale.shape == [weight.shape[0]]
  }

  /// The range over which a layer's input is quantised.
  ///
  /// - Throws: `WeightMismatch` for what is no range.
  package func inputRange(of layer: String) throws -> ClosedRange<Float>? {
    let name = QuantizedLayer.range(of: layer)
    guard let tensor = self[name] else { return nil }
    guard tensor.shape == [2], let bounds = tensor.floats(), bounds.allSatisfy(\.isFinite),
      bounds[0] < bounds[1]
    else {
      var mismatch = WeightMismatch(component: "network", files: files)
      mismatch.misshapen = ["\(name) is no range of two finite singles, the lower first"]
      throw mismatch
    }
    return bounds[0]...bounds[1]
  }

  /// The same weights, those of some layers in 8 bits.
  ///
  /// - Parameters:
  ///   - layers: names as of `QuantizedLayer`; what weighs nothing is passed over.
  ///   - inputRanges: of the layers whose inputs are quantised, too.
  /// - Throws: `CheckpointError` for a weight that holds what is no finite number.
  func quantized(
    _ layers: some Sequence<String>, inputRanges: [String: ClosedRange<Float>]
  ) throws(CheckpointError) -> Checkpoint {
    var result = self
    var parts: [(name: String, type: ScalarType, shape: [Int], offset: Int)] = []
    var end = 0
    let file = try MappedFile(scratch: "quantised weights") { write throws(CheckpointError) in
      func add<Number: BitwiseCopyable>(
        _ name: String, _ type: ScalarType, _ shape: [Int], _ values: [Number]
      ) throws(CheckpointError) {
        try values.withRawBytes { bytes throws(CheckpointError) in try write(bytes) }
        parts.append((name, type, shape, end))
        end += values.count * type.byteCount
      }
      for layer in layers {
        let name = layer + QuantizedLayer.weightEnding
        guard let tensor = self[name], tensor.shape.count > 1, let values = tensor.floats() else { continue }
        guard values.allSatisfy(\.isFinite) else {
          throw CheckpointError(.noWeights, in: tensor.file.path, "'\(name)' holds what is no finite number")
        }
        let (integers, scales) = QuantizedLayer.quantize(values, channels: tensor.shape[0])
        try add(name, .int8, tensor.shape, integers)
        try add(
          name + QuantizedLayer.scaleEnding, .float32, [scales.count], scales.map(\.bitPattern.littleEndian))
        if let range = inputRanges[layer] {
          let bounds = [range.lowerBound, range.upperBound].map(\.bitPattern.littleEndian)
          try add(QuantizedLayer.range(of: layer), .float32, [2], bounds)
        }
      }
    }
    for part in parts {
      result.tensors[part.name] = CheckpointTensor(
        file: file, scalarType: part.type, shape: part.shape, byteOffset: part.offset)
    }
    return result
  }
}

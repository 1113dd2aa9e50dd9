import Diffusion
import Tensors

extension Checkpoint {
  /// Weights with which an autoencoder begins as one that lets the colours of a smaller picture through.
  ///
  /// From random weights alone it takes thousands of steps until latents tell of colours at all: light and shadow are
  /// learnt first, through many layers that each weaken what is small. So the first three channels are passed on by
  /// every convolution of the direct way, averaged where resolution halves; and latents begin with little noise, for
  /// variances of 1 would drown what pictures say until means have grown.
  func copyingColours(_ autoencoder: Autoencoder) throws -> Checkpoint {
    var result = self
    for name in tensors.keys where name.hasSuffix(".weight") {
      let layer = String(name.dropLast(".weight".count))
      guard Self.isDirect(layer), let kernel = self[name], kernel.shape.count == 4 else { continue }
      let averages = layer.contains(".downsamplers.")
      result.tensors[name] = try CheckpointTensor(kernel.passingColours(averaging: averages))
      result.tensors["\(layer).bias"] = try self["\(layer).bias"].map { bias in
        var values = bias.floats()!
        values.replaceSubrange(0..<min(3, values.count), with: repeatElement(0, count: min(3, values.count)))
        return try CheckpointTensor(Tensor(values, shape: bias.shape))
      }
    }
    try result.quieten(autoencoder.configuration)
    return result
  }

  /// Whether a layer lies on the way past all residual branches.
  private static func isDirect(_ layer: String) -> Bool {
    let ends = ["conv_in", "encoder.conv_out", "decoder.conv_out", "conv_shortcut", "quant_conv"]
    return ends.contains { layer.hasSuffix($0) } || layer.contains(".downsamplers.")
      || layer.contains(".upsamplers.")
  }

  private mutating func quieten(_ shape: AutoencoderConfiguration) throws {
    let name = shape.hasQuantConvolution ? "quant_conv" : "encoder.conv_out"
    let (kernel, bias) = (self["\(name).weight"]!, self["\(name).bias"]!)
    var (weights, offsets) = (kernel.floats()!, bias.floats()!)
    let half = weights.count / 2
    weights.replaceSubrange(half..., with: repeatElement(0, count: half))
    offsets.replaceSubrange(shape.latentChannels..., with: repeatElement(-6, count: shape.latentChannels))
    tensors["\(name).weight"] = try CheckpointTensor(Tensor(weights, shape: kernel.shape))
    tensors["\(name).bias"] = try CheckpointTensor(Tensor(offsets, shape: bias.shape))
  }
}

extension CheckpointTensor {
  /// A kernel whose first three outputs are its first three inputs, of which the other outputs hear little.
  fileprivate func passingColours(averaging: Bool) -> Tensor {
    var values = floats()!
    let (inputs, rows, columns) = (shape[1], shape[2], shape[3])
    for output in 0..<shape[0] {
      for input in 0..<inputs where output < 3 || input < 3 {
        for place in 0..<rows * columns {
          let index = (output * inputs + input) * rows * columns + place
          guard output < 3 else {
            values[index] *= 0.3
            continue
          }
          let (row, column) = (place / columns, place % columns)
          let isCentre = row == rows / 2 && column == columns / 2
          // What is halved has its padding at the right and below.
          let share: Float = averaging ? (row < 2 && column < 2 ? 0.25 : 0) : isCentre ? 1 : 0
          values[index] = input == output ? share : 0
        }
      }
    }
    return Tensor(values, shape: shape)
  }
}

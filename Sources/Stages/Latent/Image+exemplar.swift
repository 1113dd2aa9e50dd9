import Diffusion
import Imaging
import PipelineKit
import Tensors

extension Image {
  /// The picture as a model's image encoder takes it, `[1, 3, size, size]`.
  /// - Parameters:
  ///   - size: what the encoder takes, in pixels.
  ///   - background: the grey, 0…255, that shows where the picture is transparent.
  func exemplar(
    for model: DiffusionModel, size: Int, convention: Convention, background: Int, _ monitor: Monitor
  ) throws -> Tensor {
    try exemplar(
      by: model.preprocessing(), size: size, convention: convention, background: background, monitor)
  }

  /// The picture as an image encoder with this preparation takes it, `[1, 3, size, size]`.
  func exemplar(
    by preprocessing: ImagePreprocessing, size: Int, convention: Convention, background: Int,
    _ monitor: Monitor
  ) throws -> Tensor {
    let (pixels, width, height) = try opaquePixels(background: background, monitor)
    return try preprocessing.exemplar(
      pixels, width: width, height: height, size: size, convention: convention)
  }

  /// Interleaved 8-bit RGB, with this grey where the picture is transparent.
  func opaquePixels(background: Int, _ monitor: Monitor) throws -> (
    pixels: [UInt8], width: Int, height: Int
  ) {
    let opaque = try flattened(over: [format.fullScale * Double(background) / 255])
    let colours = try opaque.converted(to: .sRGB).rescaled(to: .uint8)
    return (
      try evaluate(monitor) { try colours.pixels(as: UInt8.self, monitor: $0) }, colours.width,
      colours.height
    )
  }
}

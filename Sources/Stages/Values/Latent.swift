import Diffusion
public import Foundation
public import PipelineKit
import Tensors

/// The value at a `latent` port: one or several samples of a picture's latents, times the autoencoder's scaling factor.
///
/// Exchange form: `.safetensors` with `latents` `[samples, channels, height, width]` and, as notes, the size of the
/// picture they stand for (`width`, `height`, in pixels), which a padded latent exceeds.
public struct Latent: PortValue {
  /// `[samples, channels, height, width]`.
  let values: Tensor
  /// Columns of the picture.
  let pictureWidth: Int
  /// Rows of the picture.
  let pictureHeight: Int

  init(_ values: Tensor, pictureWidth: Int, pictureHeight: Int) {
    self.values = values
    self.pictureWidth = pictureWidth
    self.pictureHeight = pictureHeight
  }

  /// How many samples.
  var samples: Int { values.shape[0] }

  /// One sample's values, flat; counted from 0.
  func sample(_ index: Int) -> [Float] {
    let size = values.shape[1...].reduce(1, *)
    return Array(values.floats[index * size..<(index + 1) * size])
  }

  /// The type of port it flows through.
  public static let portType: PortType = "latent"
  /// The exchange form's file extension.
  public static let exchangeExtension = "safetensors"

  /// What a plan says of it.
  public var shape: ValueShape {
    .latent(
      samples: samples, channels: values.shape[1], height: values.shape[2], width: values.shape[3],
      pictureWidth: pictureWidth, pictureHeight: pictureHeight)
  }

  /// Writes the store form.
  public func write(to folder: URL, monitor: Monitor) throws {
    try export(to: folder.appending(path: "latents.safetensors"), monitor: monitor)
  }
  /// Reads the store form.
  public static func read(from folder: URL) throws -> Latent {
    try imported(from: folder.appending(path: "latents.safetensors"))
  }

  /// Writes the exchange form.
  public func export(to file: URL, monitor: Monitor) throws {
    let notes = ["width": "\(pictureWidth)", "height": "\(pictureHeight)"]
    try TensorFile(tensors: ["latents": values], notes: notes).write(to: file)
  }
  /// Reads the exchange form.
  public static func imported(from file: URL) throws -> Latent {
    let content = try TensorFile.read(["latents"], from: file)
    let values = content.tensors["latents"]!
    guard values.shape.count == 4, values.shape.allSatisfy({ $0 > 0 }),
      let width = content.notes["width"].flatMap({ Int($0) }), width > 0,
      let height = content.notes["height"].flatMap({ Int($0) }), height > 0
    else {
      throw StageFailure(
        "'\(file.lastPathComponent)' holds no latents: \(values.shape), notes \(content.notes)",
        advice:
          "latents are [samples, channels, height, width]; notes give the picture's width and height in pixels"
      )
    }
    return Latent(values, pictureWidth: width, pictureHeight: height)
  }
}

extension ValueShape {
  /// What is known of latents.
  static func latent(
    samples: Int, channels: Int, height: Int, width: Int, pictureWidth: Int, pictureHeight: Int
  ) -> ValueShape {
    ValueShape(
      summary: "\(samples == 1 ? "" : "\(samples) × ")latents \(width)×\(height) of \(channels) channels for "
        + "\(pictureWidth)×\(pictureHeight)",
      bytes: 4 * samples * channels * height * width,
      sizes: [
        "samples": samples, "channels": channels, "height": height, "width": width,
        "pictureWidth": pictureWidth, "pictureHeight": pictureHeight,
      ])
  }
}

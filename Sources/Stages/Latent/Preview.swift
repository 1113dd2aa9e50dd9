import Diffusion
import Foundation
import Imaging
import PipelineKit

/// How latents are shown while they are painted.
struct LatentPreviews: Sendable {
  /// The model's autoencoder, or the tiny decoder.
  private let coding: LatentCoding
  /// What each latent is coloured by; nil where they are decoded.
  private let colours: LatentColours?
  /// Of the scene, in pixels.
  private let width: Int, height: Int
  /// Of its latents.
  private let rows: Int, columns: Int

  /// - Parameter decoder: where the weights of a tiny decoder are; nil colours each latent.
  init(
    _ model: DiffusionModel, decoder: String?, _ compute: ComputeOptions, width: Int, height: Int,
    runtime: DiffusionRuntime
  ) async throws {
    (self.width, self.height) = (width, height)
    coding = try LatentCoding(model, compute, runtime: runtime, decoder: decoder)
    rows = (height + coding.scale - 1) / coding.scale
    columns = (width + coding.scale - 1) / coding.scale
    colours = decoder == nil ? try await coding.colours(height: rows, width: columns) : nil
  }

  /// The picture of all samples, side by side.
  fileprivate func image(of latents: [Float]) async throws -> Image {
    let size = coding.channels * rows * columns
    var pictures: [PixelPlanes] = []
    for start in stride(from: 0, to: latents.count, by: size) {
      let sample = Array(latents[start..<start + size])
      if let colours {
        pictures.append(colours.picture(sample, height: rows, width: columns))
      } else {
        let decoded = try await coding.decode(sample, height: rows, width: columns)
        pictures.append(decoded.cropped(width: width, height: height))
      }
    }
    return try PixelPlanes(sideBySide: pictures).image(isDeep: false)
  }
}

extension InpaintLatent.Parameters {
  /// How previews are made; nil where none are wanted.
  func previews(
    of model: DiffusionModel, width: Int, height: Int, runtime: DiffusionRuntime
  ) async throws -> LatentPreviews? {
    guard preview > 0 else { return nil }
    return try await LatentPreviews(
      model, decoder: previewDecoder?.path, network.compute, width: width, height: height, runtime: runtime)
  }
}

extension StageContext {
  /// Tells how the picture looks by now: a PNG of all samples side by side.
  func show(_ state: InpaintingState, by previews: LatentPreviews) async throws {
    let image = try await previews.image(of: state.latents)
    let file = try scratch.appending(path: "preview.png")
    try image.write(to: file.path(percentEncoded: false))
    show(
      StagePreview(
        picture: try Data(contentsOf: file), mediaType: "image/png", count: state.done, total: state.total))
  }
}

extension PixelPlanes {
  /// Pictures of one size, from left to right.
  fileprivate init(sideBySide pictures: [PixelPlanes]) {
    let (width, height) = (pictures[0].width, pictures[0].height)
    let values = (0..<3 * height).flatMap { row in
      pictures.flatMap { $0.values[row * width..<(row + 1) * width] }
    }
    self.init(width: pictures.count * width, height: height, values: values)
  }
}

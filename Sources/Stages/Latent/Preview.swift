import Diffusion
import Foundation
import Imaging
import PipelineKit

extension StageContext {
  /// Tells how the picture looks by now: a PNG of one pixel for each of the latents, samples side by side.
  func preview(_ state: InpaintingState, channels: Int, height: Int, width: Int) throws {
    let samples = state.latents.count / (channels * height * width)
    var pixels = [UInt8](repeating: 0, count: 3 * samples * height * width)
    for sample in 0..<samples {
      for row in 0..<height {
        for column in 0..<width {
          let place = 3 * ((row * samples + sample) * width + column)
          for colour in 0..<3 {
            let value = (0..<channels).reduce(Float(0)) { sum, channel in
              let latent = state.latents[((sample * channels + channel) * height + row) * width + column]
              return sum + latent * latentColours[channel][colour]
            }
            pixels[place + colour] = UInt8(min(max((value / 2 + 0.5) * 255, 0), 255))
          }
        }
      }
    }
    let file = try scratch.appending(path: "preview.png")
    try Image(pixels: pixels, width: samples * width, height: height, bands: 3)
      .write(to: file.path(percentEncoded: false))
    show(
      StagePreview(
        picture: try Data(contentsOf: file), mediaType: "image/png", count: state.done, total: state.total))
  }
}

/// Red, green and blue, −1…1, of each latent channel of Stable Diffusion 1's autoencoder: a linear fit, good enough to
/// see what becomes of a picture.
let latentColours: [[Float]] = [
  [0.298, 0.207, 0.208], [0.187, 0.286, 0.173], [-0.158, 0.189, 0.264], [-0.184, -0.271, -0.473],
]

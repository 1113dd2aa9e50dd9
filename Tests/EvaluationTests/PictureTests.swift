import Diffusion
import EngineTesting
import Foundation
import Imaging
import Tensors
import Testing

@testable import Evaluation

@Suite("pictures for encoders")
struct PictureTests {
  @Test(
    "each resize rule is that of the program it is named after", arguments: InceptionResizing.allCases,
    [(0, 53, 37), (1, 400, 310), (2, 299, 700)])
  func resizing(rule: InceptionResizing, _ picture: (seed: Int, width: Int, height: Int)) throws {
    let (seed, width, height) = picture
    let pixels = SeededNumbers.picture(seed: seed, width: width, height: height)
    let tensor = rule(EvaluatedPicture(pixels, width: width, height: height), size: 299)
    #expect(tensor.shape == [1, 3, 299, 299])
    let probes = try #require(
      try Checkpoint(safetensors: Fixtures.path("resized.safetensors"))[
        "\(rule.rawValue).\(width)x\(height)"]?
        .floats())
    let values = tensor.floats
    let worst = probes.enumerated().map { abs(values[101 * $0] - $1) }.max()!
    #expect(worst <= 1e-4, "off by \(worst)")
  }

  @Test("colours are taken as they are stored, whatever the opacity")
  func opacity() throws {
    let pixels: [UInt8] = [10, 20, 30, 0, 40, 50, 60, 255]
    let image = try Image(pixels: pixels, width: 2, height: 1, bands: 4)
    let picture = try EvaluatedPicture(decoding: image.encoded(as: .png), name: "two pixels")
    #expect(picture.pixels == [10, 20, 30, 40, 50, 60] && picture.width == 2 && picture.height == 1)
  }
}

import Diffusion
import Foundation
import Imaging
import Tensors
import Testing

@testable import Stages

@Suite("What goes into the networks")
struct PreparationTests {
  private let folder = ReferenceCase.fixtures.appending(path: "exemplars")

  @Test(
    "an exemplar is brought to the encoder's size as Pillow does it, by both conventions",
    arguments: ["landscape", "large", "pixel", "portrait", "square", "line"], Convention.allCases)
  func exemplar(name: String, convention: Convention) throws {
    let image = try Image.load(from: folder.appending(path: name + ".png").path)
    let pixels = try image.pixels(as: UInt8.self)
    var preprocessing = ImagePreprocessing()
    (preprocessing.shortEdge, preprocessing.cropSize) = (28, 28)
    let made = try preprocessing.exemplar(
      pixels, width: image.width, height: image.height, size: 28, convention: convention)
    let expected = try Checkpoint(contentsOf: folder.appending(path: "expected.safetensors").path)
    let tensor = try #require(expected.tensor("\(name).28.\(convention.rawValue)"))
    expectClose(made.floats, tensor.floats, within: 1e-6)
  }
}

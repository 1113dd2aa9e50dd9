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
    "an exemplar is brought to the encoder's size as Pillow does it, by every convention",
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

  @Test("a model that says height and width has its exemplars squashed, by diffusers' convention too")
  func squashed() throws {
    let image = try Image.load(from: folder.appending(path: "landscape.png").path)
    let pixels = try image.pixels(as: UInt8.self)
    var preprocessing = ImagePreprocessing()
    (preprocessing.shortEdge, preprocessing.cropSize, preprocessing.keepsProportions) = (28, nil, false)
    let made = try Convention.allCases.map {
      try preprocessing.exemplar(pixels, width: image.width, height: image.height, size: 28, convention: $0)
    }
    #expect(made[0] == made[1])
  }

  @Test("an exemplar is brought to CLIP's own size", arguments: [Convention.diffusers, .authors])
  func clipSize(convention: Convention) throws {
    let image = try Image.load(from: folder.appending(path: "landscape.png").path)
    var preprocessing = ImagePreprocessing()
    (preprocessing.mean, preprocessing.standardDeviation, preprocessing.rescaleFactor) = (
      [0, 0, 0], [1, 1, 1], 1
    )
    let made = try preprocessing.exemplar(
      image.pixels(as: UInt8.self), width: image.width, height: image.height, size: 224,
      convention: convention)
    let expected = try Checkpoint(contentsOf: folder.appending(path: "expected.safetensors").path)
    let levels = try #require(expected["landscape.224.\(convention.rawValue).levels"])
    #expect(made.floats.map { UInt8($0) } == levels.withBytes { Array($0) })
  }

  @Test("the mask is brought to the latents' size by both conventions, soft or hard")
  func mask() throws {
    let image = try Image.load(from: folder.appending(path: "mask.png").path).extractingBands(from: 0)
    let expected = try Checkpoint(contentsOf: folder.appending(path: "expected.safetensors").path)
    func keep(_ threshold: Float?) throws -> KeepMask {
      try image.withPixels(as: UInt8.self) {
        KeepMask(holes: $0, width: image.width, height: image.height, threshold: threshold)
      }
    }
    for (name, threshold, rule) in [
      ("mask.diffusers", 0.5, MaskResampling.nearest), ("mask.authors.thresholded", 0.5, .bilinear),
      ("mask.authors", nil, .bilinear),
    ] as [(String, Float?, MaskResampling)] {
      let tensor = try #require(expected.tensor(name))
      try expectClose(
        keep(threshold).resampled(scale: 8, by: rule), tensor.floats, within: 1e-6, name)
    }
  }
}

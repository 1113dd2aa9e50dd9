import Foundation
import Imaging
import Testing
import Training

@Suite("a training pair's pictures")
struct PairTests {
  static func image() throws -> Image {
    let values = (0..<120 * 90 * 3).map { UInt8($0 * 31 % 253) }
    return try Image(pixels: values, width: 120, height: 90, bands: 3)
  }

  @Test(
    "the scene is the target outside the hole and grey inside, whatever the hole's shape", arguments: 0..<6)
  func scene(_ seed: Int) throws {
    var recipe = PairRecipe()
    recipe.size = 64
    let choice = recipe.choice(
      of: PixelBox(x: 30, y: 20, width: 50, height: 40), within: PixelSize(120, 90), seed: seed)
    let pair = try choice.pair(from: Self.image(), recipe)
    #expect((pair.reference.width, pair.reference.height) == (224, 224))
    let (mask, scene) = (try pair.mask.pixels(as: UInt8.self), try pair.scene.pixels(as: UInt8.self))
    let target = try pair.target.pixels(as: UInt8.self)
    #expect(mask.count == 64 * 64 && scene.count == target.count && target.count == 64 * 64 * 3)
    #expect(mask.contains(0) && mask.contains(255))
    for index in scene.indices {
      switch mask[index / 3] {
      case 0: #expect(scene[index] == target[index])
      case 255: #expect(scene[index] == 128)
      default: break
      }
    }
  }

  @Test("without augmentation the reference is the padded box")
  func reference() throws {
    var recipe = PairRecipe()
    recipe.augmentation = .none
    let choice = recipe.choice(
      of: PixelBox(x: 5, y: 20, width: 50, height: 40), within: PixelSize(120, 90), seed: 3)
    #expect(choice.reference == PixelBox(x: 0, y: 10, width: 65, height: 60))
    let pair = try choice.pair(from: Self.image(), recipe)
    let plain = try Self.image().cropped(x: 0, y: 10, width: 65, height: 60)
      .resized(width: 224, height: 224, kernel: .linear)
    #expect(try pair.reference.hasSamePixels(as: plain))
  }
}

import Diffusion
import Imaging
import RenderedWorld
import Training

/// Scenes with holes, and exemplars for them, all of objects that models do not learn from.
struct HeldOutSet: Sendable {
  /// A scene with a hole, and an exemplar of the object that stood there.
  struct Sample: Sendable {
    /// With the object in it: RGB, 8 bit, of the model's size.
    var scene: Image
    /// 255 in the hole, 0 elsewhere.
    var mask: Image
    /// Of any size.
    var exemplar: Image
  }

  let samples: [Sample]

  /// Samples 0 to `count` − 1 of the world's held-out split, with holes by the training recipe. Exemplars are not changed:
  /// augmentation is for training.
  init(count: Int, seed: Int, size: Int, reference: WorldSettings.Reference, glyphs: Bool) throws {
    var settings = WorldSettings()
    (settings.reference, settings.glyphs) = (reference, glyphs)
    // A little larger than the model's pictures, for a random square is cut out.
    settings.size = min(1024, max(32, size * 5 / 4))
    let world = try World(settings)
    var recipe = PairRecipe.scaled(size: size, referenceSize: size)
    recipe.augmentation = .none
    recipe.augmentation.size = nil
    samples = try (0..<count).map { index in
      let pair = try world.sample(index: index, seed: seed, split: .heldOut)
        .pair(by: recipe, seed: PairRecipe.seed(seed, picture: "held-out \(index)", draw: 0), reference)
      return Sample(
        scene: pair.target, mask: try pair.mask.thresholded(at: 128).inMemory(), exemplar: pair.reference)
    }
  }

  /// Whose exemplar is the wrong one for a sample: the next one's.
  func other(than index: Int) -> Int { (index + 1) % samples.count }
}

extension Image {
  /// The picture as networks take it; RGB, 8 bit.
  var planes: PixelPlanes {
    get throws {
      try withPixels(as: UInt8.self) { PixelPlanes(width: width, height: height, interleaved: $0) }
    }
  }

  /// A mask as the denoiser takes it.
  var keepMask: KeepMask {
    get throws {
      try withPixels(as: UInt8.self) { KeepMask(holes: $0, width: width, height: height, threshold: 0.5) }
    }
  }
}

extension PixelPlanes {
  /// The picture: RGB, 8 bit.
  var image: Image {
    get throws { try Image(pixels: interleaved(as: UInt8.self), width: width, height: height, bands: 3) }
  }
}

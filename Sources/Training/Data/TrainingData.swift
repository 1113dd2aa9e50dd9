package import Imaging
package import Foundations

/// Where examples for training come from. Each is fixed by its number, so that a training that goes on after an
/// interruption sees what it would have seen.
package protocol TrainingData: Sendable {
  /// All that decides the examples.
  var identity: JSONValue { get }
  /// How many there are; nil when there is no end.
  var count: Int? { get }
  /// Width and height of scenes in pixels.
  var size: Int { get }

  /// A training pair.
  ///
  /// - Parameter index: from 0 on; below `count`.
  func pair(_ index: Int) throws -> Pair
  /// A whole picture, RGB of 8 bits, at least `size` pixels on a side: what an autoencoder learns from.
  func picture(_ index: Int) throws -> Image
  /// Two pictures of one object, changed at random: what an image encoder learns from.
  func views(_ index: Int) throws -> (Image, Image)
}

extension TrainingData {
  /// The number of an example, when examples are taken one after another and begin anew after the last.
  func wrapped(_ index: Int) -> Int { count.map { index % $0 } ?? index }
}

extension PairRecipe {
  /// The recipe for small pictures: what the authors' code says in pixels, for scenes of 512 and references of 224, is
  /// scaled.
  ///
  /// - Parameters:
  ///   - size: width and height of scenes.
  ///   - referenceSize: width and height of references.
  package static func scaled(size: Int, referenceSize: Int) -> PairRecipe {
    var recipe = PairRecipe()
    let (scene, reference) = (Double(size) / 512, Double(referenceSize) / 224)
    recipe.size = size
    recipe.padding = max(1, Int((Double(recipe.padding) * scene).rounded()))
    let jitter = max(1, Int((Double(recipe.shape.jitter.upperBound) * scene).rounded()))
    recipe.shape.jitter = -jitter...jitter
    recipe.augmentation.size = referenceSize
    recipe.augmentation.blurLimit = max(3, Int((Double(recipe.augmentation.blurLimit) * reference).rounded()))
    recipe.augmentation.elasticAnchors *= reference
    recipe.augmentation.elasticSmoothness *= reference
    return recipe
  }
}

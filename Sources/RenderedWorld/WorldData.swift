package import Foundations
package import Imaging
package import Training

/// Examples out of the rendered world; there is no end of them.
package struct WorldData: TrainingData {
  private let world: World
  private let recipe: PairRecipe
  private let seed: Int
  private let split: WorldSplit

  /// Examples of a world.
  ///
  /// - Parameter world: its references show other views of the objects, for `views`; pairs have crops, as the paper.
  package init(_ world: World, _ recipe: PairRecipe, seed: Int, split: WorldSplit) {
    (self.world, self.recipe, self.seed, self.split) = (world, recipe, seed, split)
  }

  /// All that decides the examples.
  package var identity: JSONValue {
    [
      "world": [
        "size": JSONValue(world.settings.size), "glyphs": .bool(world.settings.glyphs),
        "reference": .string(world.settings.reference.rawValue), "split": .string(split.rawValue),
      ],
      "seed": JSONValue(seed), "recipe": recipe.identity,
    ]
  }
  /// There is no end.
  package var count: Int? { nil }
  /// Width and height of scenes in pixels.
  package var size: Int { recipe.size }

  /// A training pair by the paper's recipe.
  package func pair(_ index: Int) throws -> Pair {
    try sample(index).pair(by: recipe, seed: seed(index))
  }

  /// A whole scene.
  package func picture(_ index: Int) throws -> Image { try sample(index).scene.image() }

  /// The object where it stands, and in another scene.
  package func views(_ index: Int) throws -> (Image, Image) {
    let sample = sample(index)
    let choice = recipe.choice(of: sample.target.box, within: sample.scene.size, seed: seed(index))
    let (first, second) = (seed(index), seed(index) ^ 1)
    let augmentation = recipe.augmentation
    return (
      try augmentation.applied(
        augmentation.choice(seed: first), to: sample.scene.cropped(choice.reference).image()),
      try augmentation.applied(augmentation.choice(seed: second), to: sample.reference.image())
    )
  }

  private func sample(_ index: Int) -> WorldSample { world.sample(index: index, seed: seed, split: split) }
  private func seed(_ index: Int) -> Int { PairRecipe.seed(seed, picture: "\(index)", draw: 0) }
}

import Diffusion
import Evaluation
import Foundation
import Imaging
import RenderedWorld
import Training

/// What models are tried on: scenes with a hole, and what is to be in it.
struct TrialPairs {
  /// The word for rendered scenes.
  static let world = "world"

  private enum Source {
    case world(WorldData)
    case folder([URL])
  }

  private let source: Source
  private let recipe: PairRecipe

  /// - Parameters:
  ///   - place: a folder of pictures, or `world`.
  ///   - model: whose pictures' size is taken.
  init(_ place: String, for model: DiffusionModel) throws {
    var recipe = PairRecipe.scaled(
      size: try model.pictureSize ?? 512, referenceSize: try model.exemplarEncoder().configuration.imageSize)
    let size = recipe.augmentation.size
    recipe.augmentation = .none
    recipe.augmentation.size = size
    self.recipe = recipe
    if place == Self.world {
      var settings = WorldSettings()
      (settings.size, settings.glyphs) = (recipe.size * 5 / 4, false)
      source = .world(WorldData(try World(settings), recipe, seed: 321, split: .train))
    } else {
      source = .folder(try PictureSet(URL(filePath: place)).pictures.map(\.file))
    }
  }

  /// Some of them, the same each time. Of a folder's pictures, which begin anew after the last, the middle is to be painted
  /// again.
  func pairs(_ count: Int) throws -> [Pair] {
    try (0..<count).map { index in
      switch source {
      case .world(let data): return try data.pair(index)
      case .folder(let files):
        let path = files[index % files.count].path(percentEncoded: false)
        let picture = try Image.load(from: path).convertedToSRGB().withoutAlpha().rescaled(to: .uint8)
          .converted(to: .sRGB)
        let (width, height) = (picture.width, picture.height)
        let middle = PixelBox(
          x: width * 3 / 10, y: height * 3 / 10, width: max(1, width * 4 / 10),
          height: max(1, height * 4 / 10))
        return try recipe.choice(of: middle, within: PixelSize(width, height), seed: index)
          .pair(from: picture, recipe)
      }
    }
  }
}

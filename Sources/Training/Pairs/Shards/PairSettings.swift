import Foundations

/// What decides the bytes of a set of pairs, besides the annotations and the pictures.
package struct PairSettings: Sendable, Hashable {
  /// What targets are stored as.
  package enum TargetFormat: String, Sendable, Hashable, CaseIterable {
    /// Every bit is kept.
    case png
    /// About a fifth of the size, at quality 95.
    case jpg
  }

  /// Fixes every random choice.
  package var seed = 321
  /// How a pair is drawn.
  package var recipe = PairRecipe()
  /// Pairs drawn from each picture, one after all pictures have had their turn.
  package var draws = 1
  /// Pairs in a shard, those that are skipped included.
  package var shardSize = 1000
  /// At most so many pairs; nil takes all.
  package var limit: Int?
  /// What targets are stored as.
  package var target = TargetFormat.png
  /// Whether boxes around groups and crowds are taken for objects.
  package var takesGroups = false

  /// The paper's recipe, once for each picture.
  package init() {}

  /// Which boxes are read for it.
  package var boxes: BoxUse { BoxUse(area: recipe.area, takesGroups: takesGroups) }

  /// How many pairs there are to draw.
  /// - Parameter pictures: that have a usable box.
  func count(pictures: Int) -> Int { min(pictures * draws, limit ?? .max) }

  /// The settings as they are kept beside the shards. `version` rises when the same settings give other bytes.
  var json: JSONValue {
    let augmentation = recipe.augmentation
    return [
      "version": 2, "seed": JSONValue(seed), "size": JSONValue(recipe.size),
      "freeForm": .number(recipe.shape.freeForm),
      "augmentation": [
        "flip": .number(augmentation.flip), "rotate": .number(augmentation.rotate),
        "degrees": .number(augmentation.degrees), "blur": .number(augmentation.blur),
        "elastic": .number(augmentation.elastic),
      ],
      "area": [.number(recipe.area.lowerBound), .number(recipe.area.upperBound)],
      "padding": JSONValue(recipe.padding), "draws": JSONValue(draws), "shardSize": JSONValue(shardSize),
      "limit": limit.map { JSONValue($0) } ?? .null, "target": .string(target.rawValue),
      "groups": .bool(takesGroups),
    ]
  }
}

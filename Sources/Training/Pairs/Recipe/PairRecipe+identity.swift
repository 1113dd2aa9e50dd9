package import Foundations

extension PairRecipe {
  /// All that decides its pairs. `version` rises when the same settings give other pictures.
  package var identity: JSONValue {
    [
      "version": 2, "size": JSONValue(size), "padding": JSONValue(padding),
      "freeForm": .number(shape.freeForm), "extend": .number(shape.extend),
      "samples": JSONValue(shape.samples), "jitter": JSONValue(shape.jitter.upperBound),
      "tighten": .number(crop.tighten),
      "augmentation": [
        "size": augmentation.size.map { JSONValue($0) } ?? .null, "flip": .number(augmentation.flip),
        "rotate": .number(augmentation.rotate), "degrees": .number(augmentation.degrees),
        "blur": .number(augmentation.blur), "blurLimit": JSONValue(augmentation.blurLimit),
        "elastic": .number(augmentation.elastic), "elasticAnchors": .number(augmentation.elasticAnchors),
        "elasticStrength": .number(augmentation.elasticStrength),
        "elasticSmoothness": .number(augmentation.elasticSmoothness),
      ],
    ]
  }
}

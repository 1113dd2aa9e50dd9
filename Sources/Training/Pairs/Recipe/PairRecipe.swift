import Imaging
package import Foundations

/// The paper's self-supervised training pair as numbers: which box, which hole, which crop, which changes of the
/// reference (Paint by Example, section 3.3, with the constants of the authors' code). Knows no pixels.
package struct PairRecipe: Sendable, Hashable {
  /// Shares of its picture's area that an object's box may cover.
  package var area = 0.02...0.8
  /// Pixels around the box that belong to the reference, cut at the picture's edge.
  package var padding = 10
  /// The hole.
  package var shape = MaskShape()
  /// The part of the picture that is shown.
  package var crop = SquareCrop()
  /// Width and height of scene, mask and target.
  package var size = 512
  /// The changes of the reference.
  package var augmentation = ReferenceAugmentation()

  /// The paper's recipe.
  package init() {}

  /// The seed of one pair: the same for the same seed, picture and draw, whatever else there is.
  /// - Parameters:
  ///   - picture: its name in the annotations.
  ///   - draw: how many pairs of this picture were drawn before.
  package static func seed(_ seed: Int, picture: String, draw: Int) -> Int {
    var generator = SeededGenerator(seed: seed, stream: "pair \(draw) \(picture)")
    // 53 bits, so that JSON's numbers hold it.
    return Int(generator.next() >> 11)
  }

  /// Which of a picture's boxes is taken.
  /// - Parameter count: at least 1.
  package static func box(of count: Int, seed: Int) -> Int {
    var generator = SeededGenerator(seed: seed, stream: "box")
    return Int.random(in: 0..<count, using: &generator)
  }

  /// Everything that chance decides of a pair.
  /// - Parameters:
  ///   - box: around the object, inside the picture.
  ///   - size: of the picture.
  package func choice(of box: PixelBox, within size: PixelSize, seed: Int) -> PairChoice {
    let shape = shape.choice(around: box, within: size, seed: seed)
    return PairChoice(
      seed: seed, picture: size, box: box, reference: box.padded(by: padding, within: size), shape: shape,
      crop: crop.choice(keeping: shape.extended, within: size, seed: seed),
      augmentation: augmentation.choice(seed: seed))
  }
}

/// A training pair, yet to be drawn.
package struct PairChoice: Sendable, Hashable {
  /// Fixes every random number of the pair.
  package var seed: Int
  /// The picture's size.
  package var picture: PixelSize
  /// The box around the object.
  package var box: PixelBox
  /// The part of the picture that is the reference.
  package var reference: PixelBox
  /// The hole.
  package var shape: MaskShape.Choice
  /// The part of the picture that is shown.
  package var crop: PixelBox
  /// The changes of the reference.
  package var augmentation: ReferenceAugmentation.Choice

  /// Whether the crop is no square, so that resizing squashes it.
  package var isSquashed: Bool { crop.width != crop.height }

  /// Every choice. Boxes are `[x, y, width, height]` in pixels of the picture, outline points `[x, y]`.
  package var json: JSONValue {
    let rounded = { (value: Double) in JSONValue.number((value * 1000).rounded() / 1000) }
    return [
      "seed": JSONValue(seed), "picture": [JSONValue(picture.width), JSONValue(picture.height)],
      "box": box.json, "reference": reference.json, "extended": shape.extended.json,
      "freeForm": .bool(shape.outline != nil),
      "outline": shape.outline.map { .array($0.map { [rounded($0.x), rounded($0.y)] }) } ?? .null,
      "crop": crop.json, "squashed": .bool(isSquashed), "augmentation": augmentation.json,
    ]
  }
}

extension PixelBox {
  /// `[x, y, width, height]`.
  var json: JSONValue { [JSONValue(x), JSONValue(y), JSONValue(width), JSONValue(height)] }
}

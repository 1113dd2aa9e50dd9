import Imaging
public import Foundations

/// The paper's self-supervised training pair as numbers: which box, which hole, which crop, which changes of the
/// reference (Paint by Example, section 3.3, with the constants of the authors' code). Knows no pixels.
public struct PairRecipe: Sendable, Hashable {
  /// Shares of its picture's area that an object's box may cover.
  public var area = 0.02...0.8
  /// Pixels around the box that belong to the reference, cut at the picture's edge.
  public var padding = 10
  /// The hole.
  public var shape = MaskShape()
  /// The part of the picture that is shown.
  public var crop = SquareCrop()
  /// Width and height of scene, mask and target.
  public var size = 512
  /// The changes of the reference.
  public var augmentation = ReferenceAugmentation()

  /// The paper's recipe.
  public init() {}

  /// The seed of one pair: the same for the same seed, picture and draw, whatever else there is.
  /// - Parameters:
  ///   - picture: its name in the annotations.
  ///   - draw: how many pairs of this picture were drawn before.
  public static func seed(_ seed: Int, picture: String, draw: Int) -> Int {
    var generator = SeededGenerator(seed: seed, stream: "pair \(draw) \(picture)")
    // 53 bits, so that JSON's numbers hold it.
    return Int(generator.next() >> 11)
  }

  /// Which of a picture's boxes is taken.
  /// - Parameter count: at least 1.
  public static func box(of count: Int, seed: Int) -> Int {
    var generator = SeededGenerator(seed: seed, stream: "box")
    return Int.random(in: 0..<count, using: &generator)
  }

  /// Everything that chance decides of a pair.
  /// - Parameters:
  ///   - box: around the object, inside the picture.
  ///   - size: of the picture.
  public func choice(of box: PixelBox, within size: PixelSize, seed: Int) -> PairChoice {
    let shape = shape.choice(around: box, within: size, seed: seed)
    return PairChoice(
      seed: seed, picture: size, box: box, reference: box.padded(by: padding, within: size), shape: shape,
      crop: crop.choice(keeping: shape.extended, within: size, seed: seed),
      augmentation: augmentation.choice(seed: seed))
  }
}

/// A training pair, yet to be drawn.
public struct PairChoice: Sendable, Hashable {
  /// Fixes every random number of the pair.
  public var seed: Int
  /// The picture's size.
  public var picture: PixelSize
  /// The box around the object.
  public var box: PixelBox
  /// The part of the picture that is the reference.
  public var reference: PixelBox
  /// The hole.
  public var shape: MaskShape.Choice
  /// The part of the picture that is shown.
  public var crop: PixelBox
  /// The changes of the reference.
  public var augmentation: ReferenceAugmentation.Choice

  /// Whether the crop is no square, so that resizing squashes it.
  public var isSquashed: Bool { crop.width != crop.height }

  /// Every choice. Boxes are `[x, y, width, height]` in pixels of the picture, outline points `[x, y]`.
  public var json: JSONValue {
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

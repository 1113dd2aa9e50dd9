package import Imaging

/// A training pair's pictures.
package struct Pair: Sendable {
  /// The target with grey in the hole: RGB, 8 bit.
  package var scene: Image
  /// The changed reference: RGB, 8 bit.
  package var reference: Image
  /// One band of 8 bits, 255 in the hole, with the soft edge that resizing gives it.
  package var mask: Image
  /// The picture's part that is to be painted again: RGB, 8 bit.
  package var target: Image

  /// The grey in the scene's hole: as near to 0 as 8 bits come when 0…255 is read as −1…1.
  package static let holeGrey = 128.0
}

extension Image {
  /// The picture with one colour in the hole.
  /// - Parameters:
  ///   - colour: one value for each band, or one for all.
  ///   - mask: one band of 8 bits; 255 is all colour, 0 leaves every bit, between they mix.
  package func filled(with colour: [Double], through mask: Image) throws -> Image {
    try painted(with: withoutAlpha().filled(with: colour), through: mask)
  }
}

extension PairChoice {
  /// The pictures, computed.
  /// - Parameters:
  ///   - image: of the size this was drawn for, RGB, 8 bit.
  ///   - recipe: the one this was drawn by.
  /// - Throws: `ImagingError`, `CancellationError`.
  package func pair(from image: Image, _ recipe: PairRecipe) throws -> Pair {
    let target = try shown(image, size: recipe.size, kernel: .lanczos3)
    let mask = try shown(shape.mask(picture), size: recipe.size, kernel: .linear)
    let object = try image.cropped(
      x: reference.x, y: reference.y, width: reference.width, height: reference.height)
    return Pair(
      scene: try target.filled(with: [Pair.holeGrey], through: mask).inMemory(),
      reference: try recipe.augmentation.applied(augmentation, to: object).inMemory(), mask: mask,
      target: target)
  }

  private func shown(_ image: Image, size: Int, kernel: Kernel) throws -> Image {
    try image.cropped(x: crop.x, y: crop.y, width: crop.width, height: crop.height)
      .resized(width: size, height: size, kernel: kernel).inMemory()
  }
}

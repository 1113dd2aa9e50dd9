package import Imaging
package import Training

/// A scene with an object whose place is known, and a reference that shows the object.
package struct WorldSample: Sendable {
  /// A picture in memory: red, green, blue of 8 bits, row after row.
  package struct Picture: Sendable, Hashable {
    /// Columns and rows.
    package var size: PixelSize
    /// width × height × 3 values.
    package var bytes: [UInt8]

    /// The picture for libvips.
    /// - Throws: `ImagingError`.
    package func image() throws -> Image {
      try Image(pixels: bytes, width: size.width, height: size.height, bands: 3)
    }

    /// A part of the picture, which has to lie inside.
    package func cropped(_ box: PixelBox) -> Picture {
      var part: [UInt8] = []
      part.reserveCapacity(box.width * box.height * 3)
      for row in box.y..<box.bottom {
        part += bytes[(row * size.width + box.x) * 3..<(row * size.width + box.right) * 3]
      }
      return Picture(size: PixelSize(box.width, box.height), bytes: part)
    }
  }

  /// An object in the scene.
  package struct Thing: Sendable, Hashable {
    /// Which it is.
    package var design: ObjectDesign
    /// The least box around all of it that can be seen.
    package var box: PixelBox
  }

  /// What is seen.
  package var scene: Picture
  /// The object that the reference shows.
  package var target: Thing
  /// How much of each pixel the target covers: width × height values, 255 is all.
  package var mask: [UInt8]
  /// The target, from the scene or from another view.
  package var reference: Picture
  /// What else stands in the scene.
  package var others: [Thing]

  /// A training pair by the paper's recipe; with another view, that takes the place of the crop.
  /// - Throws: `ImagingError`, `CancellationError`.
  package func pair(by recipe: PairRecipe, seed: Int, _ kind: WorldSettings.Reference = .crop) throws -> Pair
  {
    let choice = recipe.choice(of: target.box, within: scene.size, seed: seed)
    var pair = try choice.pair(from: scene.image(), recipe)
    if kind == .anotherView {
      pair.reference = try recipe.augmentation.applied(choice.augmentation, to: reference.image()).inMemory()
    }
    return pair
  }
}

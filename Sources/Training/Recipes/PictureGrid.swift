import Diffusion
import Foundation
import Imaging

/// Pictures of one size in rows and columns, on white.
struct PictureGrid {
  private let columns: Int
  private let side: Int
  private var cells: [PixelPlanes] = []
  private static let gap = 4

  /// - Parameter side: width and height of a cell in pixels.
  init(columns: Int, side: Int) { (self.columns, self.side) = (columns, side) }

  /// Puts a picture into the next cell.
  mutating func add(_ picture: PixelPlanes) { cells.append(picture) }
  /// Puts a picture of 8 bits into the next cell, brought to its size.
  mutating func add(_ picture: Image) throws {
    add(try picture.resized(width: side, height: side, kernel: .linear).planes())
  }

  /// The grid as a PNG.
  func png() throws -> Data {
    let images = try cells.map { cell in
      try Image(pixels: cell.interleaved(as: UInt8.self), width: cell.width, height: cell.height, bands: 3)
    }
    let pitch = side + Self.gap
    let rows = (cells.count + columns - 1) / columns
    var sheet = try Image.filled(
      width: columns * pitch + Self.gap, height: rows * pitch + Self.gap, colour: [255, 255, 255])
    for (index, image) in images.enumerated() {
      sheet = try sheet.inserting(
        image, x: Self.gap + index % columns * pitch, y: Self.gap + index / columns * pitch)
    }
    return Data(try sheet.encoded(as: .png))
  }
}

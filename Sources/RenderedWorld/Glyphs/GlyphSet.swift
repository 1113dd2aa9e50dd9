import Foundation
import Foundations
import Imaging

/// The colour glyphs of a font that can be objects, decoded.
struct GlyphSet: Sendable {
  /// Columns and rows that glyphs are kept with.
  static let side = 96

  /// Their Unicode scalars in order.
  let scalars: [UInt32]
  private let pictures: [UInt32: GlyphPicture]

  /// Reads and decodes a font's glyphs.
  /// - Throws: `WorldError` for a font that is missing or malformed.
  init(font path: String) throws {
    guard FileManager.default.fileExists(atPath: path) else {
      throw WorldError(
        "there is no font \(path); 'apt install fonts-noto-color-emoji' brings Debian's, or leave glyphs out")
    }
    var pictures: [UInt32: GlyphPicture] = [:]
    do {
      let font = try BitmapFont(Array(Data(ofFile: URL(filePath: path))))
      for (scalar, glyph) in font.glyphs where Self.isObject(scalar) {
        guard let png = try font.png(glyph) else { continue }
        pictures[scalar] = try Self.picture(png, name: "\(path), glyph \(glyph)")
      }
    } catch let fault as FontFault {
      throw WorldError("\(path): \(fault)")
    }
    guard !pictures.isEmpty else { throw WorldError("\(path) holds no glyph that could be an object") }
    self.init(pictures)
  }

  /// Glyphs that are decoded already.
  init(_ pictures: [UInt32: GlyphPicture]) {
    self.pictures = pictures
    scalars = pictures.keys.sorted()
  }

  func picture(_ scalar: UInt32) -> GlyphPicture? { pictures[scalar] }

  /// Pictures of things: no digits, no letters for flags, no skin tones, nothing that is only joined to others.
  static func isObject(_ scalar: UInt32) -> Bool {
    guard let properties = Unicode.Scalar(scalar)?.properties else { return false }
    return properties.isEmojiPresentation && !properties.isEmojiModifier
      && !(0x1f1e6...0x1f1ff).contains(scalar)
  }

  /// The ink, with a little room around it, made square; nil for an empty glyph.
  static func picture(_ png: [UInt8], name: String) throws -> GlyphPicture? {
    let image = try Image.load(from: png, name: name, options: LoadOptions(pixelLimit: 1 << 20))
    guard image.bands == 4, image.format == .uint8 else {
      throw WorldError("\(name) is \(image), not RGB with opacity in 8 bits")
    }
    let (pixels, width, height) = (try image.pixels(as: UInt8.self), image.width, image.height)
    let inked = (0..<width * height).filter { pixels[4 * $0 + 3] > 127 }
    guard inked.count * 12 > width * height else { return nil }
    let (left, right) = (inked.map { $0 % width }.min()!, inked.map { $0 % width }.max()!)
    let (top, bottom) = (inked[0] / width, inked[inked.count - 1] / width)
    let reach = Float(max(right - left, bottom - top) + 1) * 1.08
    let corner = (SIMD2(Float(left + right + 1), Float(top + bottom + 1)) - reach) / 2
    var square: [UInt8] = []
    square.reserveCapacity(side * side * 4)
    for index in 0..<side * side {
      let place =
        corner + (SIMD2(Float(index % side), Float(index / side)) + 0.5) * (reach / Float(side)) - 0.5
      square += sample(pixels, width, height, place)
    }
    return GlyphPicture(side: side, pixels: square)
  }

  /// Between four pixels, each weighted with its opacity; clear outside.
  private static func sample(_ pixels: [UInt8], _ width: Int, _ height: Int, _ place: SIMD2<Float>) -> [UInt8]
  {
    let (column, row) = (Int(place.x.rounded(.down)), Int(place.y.rounded(.down)))
    let near = SIMD2(place.x - Float(column), place.y - Float(row))
    var (colour, opacity) = (Vector.zero, Float(0))
    for (dx, dy) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
      let (x, y) = (column + dx, row + dy)
      guard x >= 0, y >= 0, x < width, y < height else { continue }
      let start = 4 * (y * width + x)
      let share = (dx == 1 ? near.x : 1 - near.x) * (dy == 1 ? near.y : 1 - near.y) * Float(pixels[start + 3])
      colour += Vector(Float(pixels[start]), Float(pixels[start + 1]), Float(pixels[start + 2])) * share
      opacity += share
    }
    let ink = opacity > 0 ? colour / opacity : .zero
    return [ink.x, ink.y, ink.z, opacity].map { UInt8(max(0, min(255, $0.rounded()))) }
  }
}

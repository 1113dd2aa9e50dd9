import Foundation
import Foundations
import Testing

@testable import RenderedWorld

@Suite("a colour font's bitmaps")
struct BitmapFontTests {
  /// A font with glyphs 3 and 4 for U+1F34E and U+1F34F, of five and three bytes.
  static let font: [UInt8] = {
    let cmap = words(0, 1) + words(3, 10) + longs(12) + words(12, 0) + longs(28, 0, 1, 0x1f34e, 0x1f34f, 3)
    let index = words(3, 4) + longs(8) + words(1, 17) + longs(4, 0, 14, 26)
    let metrics = [UInt8](repeating: 0, count: 12)
    let strike =
      longs(56, UInt32(index.count), 1, 0) + metrics + metrics + words(3, 4) + [109, 109, 32, 1]
    let cblc = words(3, 0) + longs(1) + strike + index
    let cbdt =
      words(3, 0) + [0, 0, 0, 0, 0] + longs(5) + [1, 2, 3, 4, 5] + [0, 0, 0, 0, 0] + longs(3) + [6, 7, 8]
    let tables = [("CBDT", cbdt), ("CBLC", cblc), ("cmap", cmap)]
    var font = longs(0x0001_0000) + words(3, 0, 0, 0)
    var place = UInt32(12 + 16 * tables.count)
    for (tag, table) in tables {
      font += Array(tag.utf8) + longs(0, place, UInt32(table.count))
      place += UInt32(table.count)
    }
    return font + tables.flatMap(\.1)
  }()

  private static func words(_ values: UInt16...) -> [UInt8] {
    values.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }
  }

  private static func longs(_ values: UInt32...) -> [UInt8] {
    values.flatMap { value in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) } }
  }

  @Test("characters lead to their glyphs' bytes")
  func reading() throws {
    let font = try BitmapFont(Self.font)
    #expect(font.glyphs == [0x1f34e: 3, 0x1f34f: 4])
    #expect(try font.png(3) == [1, 2, 3, 4, 5])
    #expect(try font.png(4) == [6, 7, 8])
    #expect(try font.png(5) == nil)
  }

  @Test("a font that ends early is refused, wherever it ends")
  func truncation() {
    for count in 0..<Self.font.count {
      #expect(throws: FontFault.self) { try BitmapFont(Array(Self.font.prefix(count))) }
    }
  }

  @Test("no byte, whatever it is changed to, leads out of the file")
  func fuzzing() {
    var generator = SeededGenerator(seed: 1, stream: "fonts")
    var refused = 0
    for place in Self.font.indices {
      for value in [0, 255, UInt8.random(in: 1...254, using: &generator)] {
        var bytes = Self.font
        bytes[place] = value
        do throws(FontFault) {
          let font = try BitmapFont(bytes)
          for glyph in 0..<6 { #expect((try font.png(glyph) ?? []).count <= bytes.count) }
        } catch {
          refused += 1
          #expect(!error.description.isEmpty)
        }
      }
    }
    // Most bytes are numbers that have to fit each other.
    #expect(refused > Self.font.count)
  }

  @Test("formats that are not read are named")
  func formats() throws {
    var bytes = Self.font
    let cblc = 12 + 16 * 3 + 30
    // The index format follows strike, 56 bytes in, and the array's one entry.
    bytes[cblc + 56 + 9] = 5
    let error = #expect(throws: FontFault.self) { try BitmapFont(bytes) }
    #expect(error?.description.contains("index format 5") == true)
  }

  @Test("with glyphs, too, training draws no held-out object, and a glyph can be rendered")
  func drawing() {
    let square = GlyphPicture(
      side: 8, pixels: (0..<64).flatMap { [200, 40, 40, (2..<6).contains($0 % 8) ? 255 : 0] as [UInt8] })
    var settings = WorldSettings()
    (settings.size, settings.glyphShare) = (48, 0.5)
    let scalars: ClosedRange<UInt32> = 0x1f300...0x1f700
    let world = World(
      settings, GlyphSet(Dictionary(uniqueKeysWithValues: scalars.map { ($0, square) })))
    var chance = Chance(seed: 1, stream: "test")
    let designs = (0..<10_000).map { _ in world.design(.train, &chance) }
    #expect(designs.allSatisfy { !$0.isHeldOut })
    let glyphs = designs.count { if case .glyph = $0.family { true } else { false } }
    #expect((4500...5700).contains(glyphs))
    let sample = (0..<20).lazy.map { world.sample(index: $0, seed: 1, split: .heldOut) }
      .first { $0.target.design.familyName.hasPrefix("U+") }
    #expect(sample?.mask.contains(255) == true)
  }

  @Test(
    "Debian's emoji font gives over a thousand objects, and they decode",
    .enabled(if: FileManager.default.fileExists(atPath: WorldSettings.notoColorEmoji)))
  func debian() throws {
    let font = try BitmapFont(Array(Data(contentsOf: URL(filePath: WorldSettings.notoColorEmoji))))
    let objects = font.glyphs.filter { GlyphSet.isObject($0.key) }
    #expect(objects.count > 1000)
    for glyph in objects.values {
      #expect(try font.png(glyph)?.starts(with: [0x89, 0x50, 0x4e, 0x47]) == true)
    }
    let number = try #require(objects[0x1f34e])
    let apple = try #require(try font.png(number))
    let picture = try #require(try GlyphSet.picture(apple, name: "apple"))
    let middle = picture.colour(SIMD2(0.5, 0.4))
    #expect(picture.opacity(SIMD2(0.5, 0.5)) == 1 && picture.opacity(SIMD2(0.01, 0.01)) == 0)
    #expect(middle.x > 2 * middle.y && middle.x > 2 * middle.z, "an apple is red")
  }
}

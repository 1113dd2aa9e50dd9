/// A font whose glyphs are PNGs: the tables cmap, CBLC and CBDT of an OpenType file, as far as colour fonts use them.
/// Source: learn.microsoft.com/typography/opentype/spec/cblc
struct BitmapFont {
  /// Where each glyph's PNG lies, by glyph number.
  private let places: [Int: Place]
  private let images: FontReader
  /// The glyph of each Unicode scalar.
  let glyphs: [UInt32: Int]

  private struct Place {
    let offset: Int
    let count: Int
    /// CBDT's format of the entry: 17, 18 or 19.
    let format: Int
  }

  /// Reads the tables; PNGs stay undecoded.
  /// - Throws: `FontFault` naming the table.
  init(_ bytes: [UInt8]) throws(FontFault) {
    let file = FontReader(bytes)
    guard try file.long(0) == 0x0001_0000 else { throw FontFault("this is no TrueType font") }
    var tables: [Int: FontReader] = [:]
    for index in 0..<(try file.short(4)) {
      let record = 12 + 16 * index
      let name = "table \(index + 1)"
      tables[try file.long(record)] = try file.part(
        at: file.long(record + 8), count: file.long(record + 12), name)
    }
    func table(_ tag: String) throws(FontFault) -> FontReader {
      let key = tag.utf8.reduce(0) { $0 << 8 | Int($1) }
      guard let table = tables[key] else { throw FontFault("there is no table \(tag)") }
      return try table.part(at: 0, count: table.count, tag)
    }
    glyphs = try Self.characters(table("cmap"))
    images = try table("CBDT")
    guard try images.short(0) == 3 else { throw FontFault("CBDT has a version other than 3") }
    places = try Self.places(table("CBLC"))
  }

  /// A glyph's PNG; nil where it has none.
  func png(_ glyph: Int) throws(FontFault) -> [UInt8]? {
    guard let place = places[glyph], place.count > 0 else { return nil }
    let entry = try images.part(at: place.offset, count: place.count, "glyph \(glyph)")
    // Metrics come first, five bytes or eight.
    let start = [17: 5, 18: 8, 19: 0][place.format, default: 0]
    return try entry.content(start + 4, count: entry.long(start))
  }

  /// cmap's subtable of format 12: groups of scalars and glyphs that follow one another.
  private static func characters(_ table: FontReader) throws(FontFault) -> [UInt32: Int] {
    for index in 0..<(try table.short(2)) {
      let part = try table.rest(from: table.long(4 + 8 * index + 4), "cmap's subtable \(index + 1)")
      guard try part.short(0) == 12 else { continue }
      let groups = try part.part(at: 16, count: part.long(12) * 12, "cmap's groups")
      var glyphs: [UInt32: Int] = [:]
      for offset in stride(from: 0, to: groups.count, by: 12) {
        let (first, last) = (try groups.long(offset), try groups.long(offset + 4))
        guard first <= last, last <= 0x10_ffff, glyphs.count + last - first < 0x11_0000 else {
          throw FontFault("cmap has a group from \(first) to \(last)")
        }
        let glyph = try groups.long(offset + 8)
        for scalar in first...last { glyphs[UInt32(scalar)] = glyph + scalar - first }
      }
      return glyphs
    }
    throw FontFault("cmap has no subtable of format 12")
  }

  /// The largest strike's entries.
  private static func places(_ table: FontReader) throws(FontFault) -> [Int: Place] {
    guard try table.short(0) == 3 else { throw FontFault("CBLC has a version other than 3") }
    let strikes = try table.part(at: 8, count: table.long(4) * 48, "CBLC's strikes")
    var best: (size: Int, offset: Int)?
    for offset in stride(from: 0, to: strikes.count, by: 48) {
      let size = try strikes.byte(offset + 45)
      if size > best?.size ?? 0 { best = (size, offset) }
    }
    guard let best else { throw FontFault("CBLC has no strike") }
    let array = try table.rest(from: strikes.long(best.offset), "CBLC's index")
    var places: [Int: Place] = [:]
    for index in 0..<(try strikes.long(best.offset + 8)) {
      let (first, last) = (try array.short(8 * index), try array.short(8 * index + 2))
      guard first <= last else { throw FontFault("CBLC has glyphs from \(first) to \(last)") }
      let part = try array.rest(from: array.long(8 * index + 4), "CBLC's subtable \(index + 1)")
      try add(part, first...last, to: &places)
    }
    return places
  }

  private static func add(
    _ part: FontReader, _ glyphs: ClosedRange<Int>, to places: inout [Int: Place]
  ) throws(FontFault) {
    let (index, image, base) = (try part.short(0), try part.short(2), try part.long(4))
    guard index == 1 || index == 3 else {
      throw FontFault("CBLC's index format \(index) is not read here; 1 and 3 are")
    }
    guard (17...19).contains(image) else {
      throw FontFault("CBDT's image format \(image) is not read here; 17 to 19 are")
    }
    let width = index == 1 ? 4 : 2
    let offsets = try part.part(at: 8, count: (glyphs.count + 1) * width, "CBLC's offsets")
    func offset(_ place: Int) throws(FontFault) -> Int {
      width == 4 ? try offsets.long(4 * place) : try offsets.short(2 * place)
    }
    for (place, glyph) in glyphs.enumerated() {
      let (start, end) = (try offset(place), try offset(place + 1))
      guard start <= end else { throw FontFault("CBLC's offsets fall at glyph \(glyph)") }
      places[glyph] = Place(offset: base + start, count: end - start, format: image)
    }
  }
}

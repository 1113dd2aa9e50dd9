/// What a reader can do without: a chunk whose name begins with a small letter.
/// Source: PNG Specification, second edition, chapter 11.3.
enum AncillaryChunk {
  /// Chunks that may stand only once.
  private static let single: Set<String> = [
    "tRNS", "gAMA", "cHRM", "sRGB", "iCCP", "sBIT", "pHYs", "tIME", "bKGD", "hIST", "eXIf", "acTL",
  ]

  /// Whether readers that do not know a chunk may skip it.
  static func matches(_ type: String) -> Bool { type.utf8.first.map { $0 & 0x20 != 0 } ?? false }

  /// Checks what the chunk holds, as far as pixels and colours hang on it.
  static func check(
    _ type: String, _ data: [UInt8], header: PNGHeader, seen: Set<String>
  ) throws(PNGFault) {
    guard !single.contains(type) || !seen.contains(type) else { throw .damaged("chunk \(type) stands twice") }
    if let due = byteCount(type, header), data.count != due {
      throw .damaged("chunk \(type) has \(data.count) bytes, not \(due)")
    }
    switch type {
    case "tRNS" where header.colourType == 3:
      guard (1...256).contains(data.count) else { throw .damaged("chunk tRNS has \(data.count) bytes") }
    case "tRNS" where header.colourType > 3:
      throw .damaged("chunk tRNS in a picture that has opacity")
    case "eXIf":
      let order = Array(data.prefix(4))
      guard order == [0x49, 0x49, 0x2a, 0] || order == [0x4d, 0x4d, 0, 0x2a] else {
        throw .damaged("chunk eXIf holds no EXIF")
      }
    default: break
    }
  }

  /// The ICC profile that a chunk iCCP holds.
  static func profile(_ data: [UInt8]) throws(PNGFault) -> [UInt8] {
    guard let zero = data.firstIndex(of: 0), (1...79).contains(zero), data.count > zero + 1,
      data[zero + 1] == 0
    else { throw .damaged("chunk iCCP lacks its name or compression") }
    return try inflated(Array(data[(zero + 2)...]), limit: PNGText.limit)
  }

  /// How many bytes a chunk has, where that follows from the header.
  private static func byteCount(_ type: String, _ header: PNGHeader) -> Int? {
    switch type {
    case "gAMA": 4
    case "cHRM": 32
    case "sRGB": 1
    case "pHYs": 9
    case "tIME": 7
    case "sBIT": header.colourType == 3 ? 3 : header.samplesPerPixel
    case "tRNS": [0: 2, 2: 6][header.colourType]
    default: nil
    }
  }
}

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
    case "gAMA" where numbers(data) == [0]: throw .damaged("chunk gAMA says that gamma is 0")
    case "cHRM" where !areColours(numbers(data)): throw .damaged("chunk cHRM names no colours")
    case "sRGB" where data[0] > 3: throw .damaged("chunk sRGB has the unknown intent \(data[0])")
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

  private static func numbers(_ data: [UInt8]) -> [UInt32] {
    stride(from: 0, to: data.count, by: 4).map { start in
      data[start..<start + 4].reduce(0) { $0 << 8 | UInt32($1) }
    }
  }

  /// Whether numbers are x and y of white, red, green and blue, in hundred-thousandths, and the last three a triangle.
  private static func areColours(_ numbers: [UInt32]) -> Bool {
    let (x, y) = (
      stride(from: 0, to: 8, by: 2).map { Int(numbers[$0]) },
      stride(from: 1, to: 8, by: 2).map { Int(numbers[$0]) }
    )
    let area = (x[2] - x[1]) * (y[3] - y[1]) - (x[3] - x[1]) * (y[2] - y[1])
    return zip(x, y).allSatisfy { $0 + $1 <= 100_000 } && y[0] > 0 && area != 0
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

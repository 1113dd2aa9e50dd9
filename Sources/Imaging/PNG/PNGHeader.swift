/// What a PNG's first chunk says.
package struct PNGHeader: Sendable, Hashable {
  /// Columns.
  package let width: Int
  /// Rows.
  package let height: Int
  /// Bits a sample: 1, 2, 4, 8 or 16.
  package let bitDepth: Int
  /// 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGB and alpha.
  package let colourType: Int
  /// Whether rows come in Adam7 order.
  package let isInterlaced: Bool

  /// From the 13 bytes of IHDR.
  /// - Throws: what the PNG specification does not allow, in words.
  init(_ data: [UInt8]) throws(PNGFault) {
    guard data.count == 13 else { throw .damaged("its header has \(data.count) bytes, not 13") }
    let word = { (at: Int) in data[at..<at + 4].reduce(0) { $0 << 8 | Int($1) } }
    width = word(0)
    height = word(4)
    bitDepth = Int(data[8])
    colourType = Int(data[9])
    isInterlaced = data[12] == 1
    guard (1...0x7fff_ffff).contains(width), (1...0x7fff_ffff).contains(height) else {
      throw .damaged("its header says \(width)×\(height) pixels")
    }
    let depths = [0: [1, 2, 4, 8, 16], 2: [8, 16], 3: [1, 2, 4, 8], 4: [8, 16], 6: [8, 16]]
    guard depths[colourType]?.contains(bitDepth) == true else {
      throw .damaged(
        "its header says colour type \(colourType) with \(bitDepth) bits, which PNG does not have")
    }
    guard data[10] == 0, data[11] == 0, data[12] <= 1 else {
      throw .damaged("its header names an unknown compression, filter or interlace method")
    }
  }

  /// Samples a pixel.
  package var samplesPerPixel: Int { [0: 1, 2: 3, 3: 1, 4: 2, 6: 4][colourType] ?? 0 }

  /// How many bytes the picture's data inflate to: for each row one filter byte and the packed samples.
  var inflatedByteCount: Int {
    guard isInterlaced else { return passByteCount(width: width, height: height) }
    let passes = [
      (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2),
    ]
    return passes.reduce(0) { sum, pass in
      let (x, y, stepX, stepY) = pass
      return sum
        + passByteCount(width: (width - x + stepX - 1) / stepX, height: (height - y + stepY - 1) / stepY)
    }
  }

  private func passByteCount(width: Int, height: Int) -> Int {
    guard width > 0, height > 0 else { return 0 }
    return height * (1 + (width * samplesPerPixel * bitDepth + 7) / 8)
  }
}

/// What is wrong with a PNG, before its path is known.
enum PNGFault: Error, Equatable {
  case truncated(String)
  case damaged(String)

  func located(at path: String) -> ImagingError {
    switch self {
    case .truncated(let detail): .truncated(path: path, detail: detail)
    case .damaged(let detail): .corrupt(path: path, detail: detail)
    }
  }
}

/// Reads decimal numbers out of large texts without making a string of each.
package enum DecimalNumber {
  /// The number that the whole of `text` is; nil for anything else.
  ///
  /// Up to 15 digits with up to 22 places are exact in one division; whatever has more is left to the standard library.
  package static func parse(_ text: Slice<UnsafeRawBufferPointer>) -> Double? {
    var (digits, mantissa, places) = (0, 0.0, 0)
    var isNegative = false
    var seenPoint = false
    for (index, byte) in zip(text.indices, text) {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        digits += 1
        guard digits <= 15 else { return slowly(text) }
        mantissa = mantissa * 10 + Double(byte - UInt8(ascii: "0"))
        if seenPoint { places += 1 }
      case UInt8(ascii: "-") where index == text.startIndex: isNegative = true
      case UInt8(ascii: ".") where !seenPoint: seenPoint = true
      default: return slowly(text)
      }
    }
    guard digits > 0 else { return nil }
    let value = mantissa / powers[places]
    return isNegative ? -value : value
  }

  private static let powers: [Double] = (0...15).reduce(into: []) { powers, _ in
    powers.append(powers.last.map { $0 * 10 } ?? 1)
  }

  private static func slowly(_ text: Slice<UnsafeRawBufferPointer>) -> Double? {
    guard let value = Double(String(decoding: text, as: UTF8.self)), value.isFinite else { return nil }
    return value
  }
}

import Foundation
import Imaging

extension Image {
  /// Whether its numbers are no 8 or 16 bits, and no linear light, which goes to sRGB by a way of its own.
  var comesOutIn16Bits: Bool { leavesWhiteOpen && interpretation != .scRGB }

  /// The picture with its white at full scale: what is given, what its file announces, or what its values speak for.
  ///
  /// - Parameters:
  ///   - given: the value that is white, where the caller says it.
  ///   - looksForDark: whether pictures of 16 bits are looked at, too, and said when they look black.
  ///   - remark: hears what was taken for white.
  ///   - whole: gives a picture whose pixels may be looked at.
  func ranged(
    white given: Double?, looksForDark: Bool, _ remark: (String) -> Void, whole: () throws -> Image
  ) throws -> Image {
    if let white = given ?? announcedWhite { return try scaled(white: white) }
    if format == .uint16, looksForDark {
      let largest = try whole().statistics().overall.maximum
      if largest > 0, largest < 16384, let white = likelyWhite(largest: largest) {
        remark(
          "its largest value is \(ShortNumber(largest)) of 65535, so it looks black; if \(ShortNumber(white)) is its white, set \"white\""
        )
      }
    }
    guard leavesWhiteOpen else { return self }
    let range = try finiteRange(remark, whole: whole)
    if range.minimum < 0 {
      remark("its values go down to \(ShortNumber(range.minimum)); those below 0 become black")
    }
    guard let white = likelyWhite(largest: range.maximum) else {
      if range.maximum > 1 {
        remark("its values go up to \(ShortNumber(range.maximum)); those above 1 become white")
      }
      return comesOutIn16Bits ? try scaled(white: 1) : self
    }
    remark(
      "its values go up to \(ShortNumber(range.maximum)); \(ShortNumber(white)) is taken as white (\"white\" sets it)"
    )
    return try scaled(white: white)
  }

  /// The range of the values that are finite; others are said.
  private func finiteRange(_ remark: (String) -> Void, whole: () throws -> Image) throws -> BandStatistics {
    guard !format.isInteger else { return try whole().statistics().overall }
    // Each look reads anew what streams.
    guard try whole().isFinite().statistics().overall.minimum == 0 else {
      return try whole().statistics().overall
    }
    remark("some of its values are no finite numbers; those that are no numbers become black")
    let seen = try whole()
    return try seen.isFinite().choosing(seen, else: seen.filled(with: [0])).statistics().overall
  }

  /// 255 where a value is a finite number, else 0.
  private func isFinite() throws -> Image {
    try magnitude().compared(.lessOrEqual, to: .greatestFiniteMagnitude)
  }
}

/// A number without needless decimals: `254`, `0.75`.
private struct ShortNumber: CustomStringConvertible {
  let description: String
  init(_ value: Double) {
    description =
      value == value.rounded() && abs(value) < 1e15
      ? String(Int(value)) : String(format: "%.4g", value)
  }
}

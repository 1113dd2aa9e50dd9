extension Image {
  /// `self × scale + offset`, a value for each band or one for all. Gives floating point.
  public func linear(_ scale: [Double], _ offset: [Double]) throws -> Image {
    let count = max(scale.count, offset.count)
    let spread = { (values: [Double]) in
      values.count == 1 ? Array(repeating: values[0], count: count) : values
    }
    return try Vips.image(
      "linear", ["in": .image(self), "a": .doubles(spread(scale)), "b": .doubles(spread(offset))])
  }

  /// `self × scale + offset` in every band. Gives floating point.
  public func linear(_ scale: Double, _ offset: Double) throws -> Image { try linear([scale], [offset]) }

  /// The sum, pixel by pixel; one-band pictures spread over the other's bands. Wider format than the operands.
  public func adding(_ other: Image) throws -> Image { try binary("add", other) }
  /// `self − other`, pixel by pixel, in a signed format.
  public func subtracting(_ other: Image) throws -> Image { try binary("subtract", other) }
  /// The product, pixel by pixel.
  public func multiplied(by other: Image) throws -> Image { try binary("multiply", other) }
  /// The quotient, pixel by pixel; 0 where the divisor is 0.
  public func divided(by other: Image) throws -> Image { try binary("divide", other) }
  /// The absolute value.
  public func magnitude() throws -> Image { try Vips.image("abs", ["in": .image(self)]) }
  /// `|self − other|`, pixel by pixel.
  public func difference(from other: Image) throws -> Image { try subtracting(other).magnitude() }

  /// The larger value, pixel by pixel.
  public func maximum(_ other: Image) throws -> Image {
    try isGreaterOrEqual(other).choosing(self, else: other)
  }

  /// The smaller value, pixel by pixel.
  public func minimum(_ other: Image) throws -> Image {
    try isGreaterOrEqual(other).choosing(other, else: self)
  }

  /// Values below `range` raised to its start, values above lowered to its end.
  public func clamped(to range: ClosedRange<Double>) throws -> Image {
    let low = try filled(with: [range.lowerBound]), high = try filled(with: [range.upperBound])
    return try maximum(low).minimum(high)
  }

  /// 255 where `self ≥ other`, else 0, band by band.
  public func isGreaterOrEqual(_ other: Image) throws -> Image {
    try Vips.image("relational", ["left": .image(self), "right": .image(other), "relational": "moreeq"])
  }

  /// 255 where the comparison with a constant holds, else 0, band by band.
  public func compared(_ comparison: Comparison, to value: Double) throws -> Image {
    try Vips.image(
      "relational_const",
      ["in": .image(self), "relational": .string(comparison.rawValue), "c": .doubles([value])])
  }

  /// 255 where the value is `level` or more, else 0.
  public func thresholded(at level: Double) throws -> Image { try compared(.greaterOrEqual, to: level) }

  /// `yes` where this picture is not 0, `no` where it is; blended in between when `blending` and this is 8 bit.
  public func choosing(_ yes: Image, else no: Image, blending: Bool = false) throws -> Image {
    try Vips.image(
      "ifthenelse",
      ["cond": .image(self), "in1": .image(yes), "in2": .image(no), "blend": .bool(blending)])
  }

  /// Bit by bit: `and`, `or` or exclusive or.
  public func combined(_ combination: Combination, with other: Image) throws -> Image {
    try Vips.image(
      "boolean",
      ["left": .image(self), "right": .image(other), "boolean": .string(combination.rawValue)])
  }

  /// Full scale minus the value: 255 − x, 65535 − x or 1 − x, in the same format.
  public func inverted() throws -> Image { try linear(-1, format.fullScale).cast(to: format) }

  private func binary(_ operation: String, _ other: Image) throws -> Image {
    try Vips.image(operation, ["left": .image(self), "right": .image(other)])
  }
}

/// A comparison of a pixel's value with a constant.
public enum Comparison: String, Sendable, Hashable, CaseIterable {
  /// `=`
  case equal
  /// `≠`
  case notEqual = "noteq"
  /// `<`
  case less
  /// `≤`
  case lessOrEqual = "lesseq"
  /// `>`
  case greater = "more"
  /// `≥`
  case greaterOrEqual = "moreeq"
}

/// A bitwise combination of two pictures.
public enum Combination: String, Sendable, Hashable, CaseIterable {
  /// Both.
  case and
  /// Either.
  case or
  /// One but not the other.
  case exclusiveOr = "eor"
}

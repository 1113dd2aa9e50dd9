/// The type of a tensor's elements.
public enum ElementType: String, Sendable, Hashable, Codable, CaseIterable {
  /// IEEE 754 single precision.
  case f32
  /// IEEE 754 half precision.
  case f16
  /// The upper half of a single: 8 exponent bits, 7 of mantissa.
  case bf16
  /// Signed 8-bit integer: a quantised weight.
  case i8
  /// Signed 32-bit integer.
  case i32
  /// Signed 64-bit integer.
  case i64
  /// One byte: 0 or 1.
  case bool

  /// Bytes of one element.
  public var byteCount: Int {
    switch self {
    case .bool, .i8: 1
    case .f16, .bf16: 2
    case .f32, .i32: 4
    case .i64: 8
    }
  }

  /// Whether the elements are floating-point numbers.
  public var isFloatingPoint: Bool {
    switch self {
    case .f32, .f16, .bf16: true
    case .i8, .i32, .i64, .bool: false
    }
  }
}

/// What is known of a tensor before it is computed: its elements' type and its dimensions.
public struct TensorType: Sendable, Hashable, CustomStringConvertible {
  /// The elements' type.
  public var elementType: ElementType
  /// Dimensions, outermost first; empty for a scalar.
  public var shape: [Int]

  /// A tensor type.
  public init(_ elementType: ElementType, _ shape: [Int]) {
    self.elementType = elementType
    self.shape = shape
  }

  /// How many elements.
  public var elementCount: Int { shape.reduce(1, *) }

  /// How many bytes, packed.
  public var byteCount: Int { elementCount * elementType.byteCount }

  /// How many dimensions.
  public var rank: Int { shape.count }

  /// `f32[1, 4, 64, 64]`.
  public var description: String { "\(elementType)\(shape)" }
}

/// The type of a stored tensor's elements, named as `.safetensors` names it.
public enum ScalarType: String, Sendable, Hashable, CaseIterable {
  /// One byte: 0 or 1.
  case bool = "BOOL"
  /// Unsigned byte.
  case uint8 = "U8"
  /// Signed byte.
  case int8 = "I8"
  /// 8-bit float, 5 exponent bits.
  case float8e5m2 = "F8_E5M2"
  /// 8-bit float, 4 exponent bits.
  case float8e4m3 = "F8_E4M3"
  /// Signed 16-bit integer.
  case int16 = "I16"
  /// Unsigned 16-bit integer.
  case uint16 = "U16"
  /// IEEE 754 half precision.
  case float16 = "F16"
  /// The upper half of a single.
  case bfloat16 = "BF16"
  /// Signed 32-bit integer.
  case int32 = "I32"
  /// Unsigned 32-bit integer.
  case uint32 = "U32"
  /// IEEE 754 single precision.
  case float32 = "F32"
  /// Two singles.
  case complex64 = "C64"
  /// IEEE 754 double precision.
  case float64 = "F64"
  /// Signed 64-bit integer.
  case int64 = "I64"
  /// Unsigned 64-bit integer.
  case uint64 = "U64"

  /// Bytes of one element.
  public var byteCount: Int {
    switch self {
    case .bool, .uint8, .int8, .float8e5m2, .float8e4m3: 1
    case .int16, .uint16, .float16, .bfloat16: 2
    case .int32, .uint32, .float32: 4
    case .complex64, .float64, .int64, .uint64: 8
    }
  }

  /// Whether a network can use such weights: single, half or bfloat16.
  public var isWeight: Bool { self == .float32 || self == .float16 || self == .bfloat16 }
}

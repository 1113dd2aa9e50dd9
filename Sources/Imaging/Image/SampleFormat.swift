import CVips

/// What one value of a pixel is stored as.
public enum SampleFormat: String, Sendable, Hashable, CaseIterable, Codable {
  /// 8 bits, 0 to 255.
  case uint8
  /// 8 bits, signed.
  case int8
  /// 16 bits, 0 to 65535.
  case uint16
  /// 16 bits, signed.
  case int16
  /// 32 bits.
  case uint32
  /// 32 bits, signed.
  case int32
  /// Single precision.
  case float
  /// Double precision.
  case double
  /// Two single-precision numbers.
  case complex
  /// Two double-precision numbers.
  case doubleComplex

  /// Bytes a value takes.
  public var byteCount: Int {
    switch self {
    case .uint8, .int8: 1
    case .uint16, .int16: 2
    case .uint32, .int32, .float: 4
    case .double, .complex: 8
    case .doubleComplex: 16
    }
  }

  /// The value that means white or opaque in a picture of this format: 255, 65535, or 1 for floating point.
  public var fullScale: Double {
    switch self {
    case .uint8: 255
    case .uint16: 65535
    default: 1
    }
  }

  /// Whether values are whole numbers.
  public var isInteger: Bool {
    switch self {
    case .uint8, .int8, .uint16, .int16, .uint32, .int32: true
    case .float, .double, .complex, .doubleComplex: false
    }
  }

  /// Whether pictures come in it: whole numbers of 8 or 16 bits, or floating point from 0 to 1.
  public var isPictureDepth: Bool { [.uint8, .uint16, .float, .double].contains(self) }

  /// In words: `16-bit samples`.
  public var phrase: String {
    switch self {
    case .float, .double: "floating-point samples"
    case .complex, .doubleComplex: "complex samples"
    case .int8, .int16, .int32: "signed \(8 * byteCount)-bit samples"
    case .uint8, .uint16, .uint32: "\(8 * byteCount)-bit samples"
    }
  }

  /// libvips' name for it.
  public var nick: String {
    switch self {
    case .uint8: "uchar"
    case .int8: "char"
    case .uint16: "ushort"
    case .int16: "short"
    case .uint32: "uint"
    case .int32: "int"
    case .float: "float"
    case .double: "double"
    case .complex: "complex"
    case .doubleComplex: "dpcomplex"
    }
  }

  init(_ format: VipsBandFormat) {
    switch format {
    case VIPS_FORMAT_UCHAR: self = .uint8
    case VIPS_FORMAT_CHAR: self = .int8
    case VIPS_FORMAT_USHORT: self = .uint16
    case VIPS_FORMAT_SHORT: self = .int16
    case VIPS_FORMAT_UINT: self = .uint32
    case VIPS_FORMAT_INT: self = .int32
    case VIPS_FORMAT_FLOAT: self = .float
    case VIPS_FORMAT_COMPLEX: self = .complex
    case VIPS_FORMAT_DPCOMPLEX: self = .doubleComplex
    default: self = .double
    }
  }

  var vipsFormat: VipsBandFormat {
    switch self {
    case .uint8: VIPS_FORMAT_UCHAR
    case .int8: VIPS_FORMAT_CHAR
    case .uint16: VIPS_FORMAT_USHORT
    case .int16: VIPS_FORMAT_SHORT
    case .uint32: VIPS_FORMAT_UINT
    case .int32: VIPS_FORMAT_INT
    case .float: VIPS_FORMAT_FLOAT
    case .double: VIPS_FORMAT_DOUBLE
    case .complex: VIPS_FORMAT_COMPLEX
    case .doubleComplex: VIPS_FORMAT_DPCOMPLEX
    }
  }
}

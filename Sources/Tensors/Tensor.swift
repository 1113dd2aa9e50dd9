/// Numbers in memory: what goes into a compiled graph and what comes out.
///
/// Elements lie packed, outermost dimension first, in the machine's byte order.
public struct Tensor: Sendable, Hashable {
  /// The elements' type and the dimensions.
  public let type: TensorType
  private let bytes: [UInt8]

  /// A tensor over packed bytes.
  ///
  /// - Precondition: there are exactly `type.byteCount` bytes.
  public init(_ type: TensorType, bytes: [UInt8]) {
    precondition(bytes.count == type.byteCount, "\(bytes.count) bytes cannot be \(type)")
    self.type = type
    self.bytes = bytes
  }

  /// A tensor whose bytes `fill` writes.
  public init(
    _ type: TensorType, fill: (UnsafeMutableRawBufferPointer) throws -> Void
  ) rethrows {
    self.type = type
    let count = type.byteCount
    bytes = try [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      // Zeros first, so that a `fill` which writes less leaves no uninitialised byte.
      buffer.initialize(repeating: 0)
      try fill(UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[0..<count]))
      initialized = count
    }
  }

  /// An `f32` tensor.
  ///
  /// - Precondition: the shape holds exactly as many elements as there are values.
  public init(_ values: [Float], shape: [Int]) {
    self.init(.init(.f32, shape), packing: values)
  }

  /// An `i64` tensor.
  ///
  /// - Precondition: the shape holds exactly as many elements as there are values.
  public init(integers: [Int64], shape: [Int]) {
    self.init(.init(.i64, shape), packing: integers)
  }

  private init<Element: BitwiseCopyable>(_ type: TensorType, packing values: [Element]) {
    precondition(values.count == type.elementCount, "\(values.count) values cannot be \(type)")
    self.init(type) { bytes in values.withUnsafeBytes { bytes.copyMemory(from: $0) } }
  }

  /// The dimensions, outermost first.
  public var shape: [Int] { type.shape }

  /// Reads the packed bytes.
  public func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    try bytes.withUnsafeBytes(body)
  }

  /// The elements as single-precision numbers, whatever their type; exact but for large integers.
  public var floats: [Float] {
    switch type.elementType {
    case .f32: elements(as: Float.self)
    case .f16: elements(as: UInt16.self).map { Float(Float16(bitPattern: $0)) }
    case .bf16: elements(as: UInt16.self).map { Float(bitPattern: UInt32($0) << 16) }
    case .i8: elements(as: Int8.self).map(Float.init)
    case .i32: elements(as: Int32.self).map(Float.init)
    case .i64: elements(as: Int64.self).map(Float.init)
    case .bool: bytes.map(Float.init)
    }
  }

  private func elements<Element: BitwiseCopyable>(as type: Element.Type) -> [Element] {
    let count = self.type.elementCount
    return [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
      bytes.withUnsafeBytes { UnsafeMutableRawBufferPointer(buffer).copyMemory(from: $0) }
      initialized = count
    }
  }
}

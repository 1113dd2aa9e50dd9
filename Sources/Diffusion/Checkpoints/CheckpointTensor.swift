/// A tensor in a mapped file: packed, row-major, little-endian.
package struct CheckpointTensor: Sendable {
  /// The file that holds the bytes.
  package let file: MappedFile
  /// The elements' type.
  package let scalarType: ScalarType
  /// Dimensions, outermost first; empty for a scalar.
  package let shape: [Int]
  /// Where the first element lies in the file, in bytes; of any alignment.
  package let byteOffset: Int

  /// The caller has checked that the bytes lie in the file.
  init(file: MappedFile, scalarType: ScalarType, shape: [Int], byteOffset: Int) {
    self.file = file
    self.scalarType = scalarType
    self.shape = shape
    self.byteOffset = byteOffset
  }

  /// How many elements.
  package var elementCount: Int { shape.reduce(1, *) }
  /// How many bytes.
  package var byteCount: Int { elementCount * scalarType.byteCount }

  /// Runs a closure on the tensor's bytes. The pointer is valid inside the closure only, and unaligned.
  package func withBytes<R, E: Error>(
    _ body: (UnsafeRawBufferPointer) throws(E) -> R
  ) throws(E) -> R {
    try file.withBytes { bytes throws(E) in
      try body(UnsafeRawBufferPointer(rebasing: bytes[byteOffset..<byteOffset + byteCount]))
    }
  }

  /// The same bytes under other dimensions.
  ///
  /// - Precondition: both shapes hold the same number of elements.
  package func reshaped(_ shape: [Int]) -> CheckpointTensor {
    precondition(shape.reduce(1, *) == elementCount, "\(self.shape) cannot be seen as \(shape)")
    return CheckpointTensor(file: file, scalarType: scalarType, shape: shape, byteOffset: byteOffset)
  }

  /// Some rows (indices of the outermost dimension), without a copy.
  ///
  /// - Precondition: the tensor has those rows.
  package func rows(_ range: Range<Int>) -> CheckpointTensor {
    precondition(!shape.isEmpty && range.lowerBound >= 0 && range.upperBound <= shape[0], "no rows \(range)")
    let rowBytes = shape[0] == 0 ? 0 : byteCount / shape[0]
    return CheckpointTensor(
      file: file, scalarType: scalarType, shape: [range.count] + shape.dropFirst(),
      byteOffset: byteOffset + range.lowerBound * rowBytes)
  }

  /// The values as singles, or nil when the type is no weight's (see `ScalarType.isWeight`).
  package func floats() -> [Float]? {
    guard scalarType.isWeight else { return nil }
    let count = elementCount
    return withBytes { bytes in
      switch scalarType {
      case .float32:
        (0..<count).map { Float(bitPattern: bytes.littleEndian(UInt32.self, at: 4 * $0)) }
      case .float16:
        (0..<count).map { Float(Float16(bitPattern: bytes.littleEndian(UInt16.self, at: 2 * $0))) }
      default:
        (0..<count).map {
          Float(bitPattern: UInt32(bytes.littleEndian(UInt16.self, at: 2 * $0)) << 16)
        }
      }
    }
  }
}

extension UnsafeRawBufferPointer {
  /// An integer stored little-endian at any alignment. The caller has checked the bounds.
  func littleEndian<I: FixedWidthInteger>(_: I.Type, at offset: Int) -> I {
    I(littleEndian: loadUnaligned(fromByteOffset: offset, as: I.self))
  }
}

/// The number of elements, or nil when a dimension is negative or the product overflows.
func checkedElementCount(_ shape: [Int]) -> Int? {
  var count = 1
  for dimension in shape {
    guard dimension >= 0 else { return nil }
    let (product, overflow) = count.multipliedReportingOverflow(by: dimension)
    if overflow { return nil }
    count = product
  }
  return count
}

extension Array {
  /// The elements' bytes, with the closure's own error type.
  func withRawBytes<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
    try withUnsafeBufferPointer { buffer throws(E) in try body(UnsafeRawBufferPointer(buffer)) }
  }
}

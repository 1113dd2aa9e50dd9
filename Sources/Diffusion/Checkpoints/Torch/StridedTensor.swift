/// A view of a storage in a mapped file, checked to lie inside it. Strides count elements.
struct StridedTensor {
  var name: String
  var scalarType: ScalarType
  var shape: [Int]
  var strides: [Int]
  /// Where the first element lies in the file, in bytes.
  var byteOffset: Int

  var elementCount: Int { shape.reduce(1, *) }
  var byteCount: Int { elementCount * scalarType.byteCount }

  /// Whether the elements lie one after the other, outermost dimension first.
  var isPacked: Bool {
    if elementCount == 0 { return true }
    var expected = 1
    for (size, stride) in zip(shape, strides).reversed() where size != 1 {
      guard stride == expected else { return false }
      expected *= size
    }
    return true
  }

  /// The tensor where it lies.
  ///
  /// - Precondition: it is packed.
  func inPlace(in file: MappedFile) -> CheckpointTensor {
    precondition(isPacked, "\(name) is not packed")
    return CheckpointTensor(file: file, scalarType: scalarType, shape: shape, byteOffset: byteOffset)
  }

  /// Hands the elements in packed order to `write`.
  func write(
    from file: MappedFile, to write: (UnsafeRawBufferPointer) throws(CheckpointError) -> Void
  ) throws(CheckpointError) {
    switch scalarType.byteCount {
    case 1: try emit(gathered(UInt8.self, from: file), write)
    case 2: try emit(gathered(UInt16.self, from: file), write)
    case 4: try emit(gathered(UInt32.self, from: file), write)
    default: try emit(gathered(UInt64.self, from: file), write)
    }
  }

  private func emit<I>(
    _ elements: [I], _ write: (UnsafeRawBufferPointer) throws(CheckpointError) -> Void
  ) throws(CheckpointError) {
    try elements.withRawBytes { bytes throws(CheckpointError) in try write(bytes) }
  }

  private func gathered<I: FixedWidthInteger>(_: I.Type, from file: MappedFile) -> [I] {
    let size = MemoryLayout<I>.size
    let rowLength = shape.last!
    let rowStride = strides.last!
    return file.withBytes { bytes in
      var elements: [I] = []
      elements.reserveCapacity(elementCount)
      var index = [Int](repeating: 0, count: shape.count)
      var row = 0
      while elements.count < elementCount {
        for column in 0..<rowLength {
          let offset = byteOffset + (row + column * rowStride) * size
          elements.append(bytes.loadUnaligned(fromByteOffset: offset, as: I.self))
        }
        for axis in shape.indices.dropLast().reversed() {
          index[axis] += 1
          row += strides[axis]
          if index[axis] < shape[axis] { break }
          row -= index[axis] * strides[axis]
          index[axis] = 0
        }
      }
      return elements
    }
  }
}

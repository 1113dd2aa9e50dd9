extension CheckpointTensor {
  /// Doubles in a scratch file that has no name.
  ///
  /// - Precondition: there are as many as the shape has.
  package init(doubles: [Double], shape: [Int]) throws(CheckpointError) {
    precondition(doubles.count == shape.reduce(1, *), "\(doubles.count) values for \(shape)")
    let file = try MappedFile(scratch: "numbers in memory") { write throws(CheckpointError) in
      try doubles.map(\.bitPattern.littleEndian).withRawBytes { bytes throws(CheckpointError) in
        try write(bytes)
      }
    }
    self.init(file: file, scalarType: .float64, shape: shape, byteOffset: 0)
  }

  /// The values of doubles and of weights; nil for another type.
  package func doubles() -> [Double]? {
    guard scalarType == .float64 else { return floats()?.map(Double.init) }
    return withBytes { bytes in
      (0..<elementCount).map { Double(bitPattern: bytes.littleEndian(UInt64.self, at: 8 * $0)) }
    }
  }

  /// The values of whole numbers of 64 bits; nil for another type.
  package func integers() -> [Int]? {
    guard scalarType == .int64 else { return nil }
    return withBytes { bytes in
      (0..<elementCount).map { Int(truncatingIfNeeded: bytes.littleEndian(UInt64.self, at: 8 * $0)) }
    }
  }
}

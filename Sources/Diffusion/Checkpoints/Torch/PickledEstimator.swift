extension Checkpoint {
  /// Reads the arrays of a scikit-learn estimator that was pickled alone, by the names of its attributes (`means_`), where
  /// they lie. Nothing is run, and only GaussianMixture is known.
  ///
  /// Arrays of other numbers than doubles are left out. Protocols 2 to 4 are read, of which the first writes arrays in a way
  /// that is not.
  package init(estimator path: String) throws(CheckpointError) {
    let file = try MappedFile(path: path)
    try StandIn.refuse(file)
    let pickle = try file.withBytes { bytes throws(CheckpointError) in
      var reader = PickleReader(bytes, path: path)
      return try Unpickler.next(&reader)
    }
    guard case .instance(let cell) = pickle.root else {
      throw CheckpointError(.malformedPickle, in: path, "it holds no GaussianMixture")
    }
    var tensors: [String: CheckpointTensor] = [:]
    for index in stride(from: 0, to: pickle.cells[cell].count - 1, by: 2) {
      guard case .string(let name) = pickle.cells[cell][index],
        case .array(let number) = pickle.cells[cell][index + 1], let array = pickle.arrays[number]
      else { continue }
      guard let count = checkedElementCount(array.shape),
        count.multipliedReportingOverflow(by: 8) == (array.bytes.count, false)
      else {
        throw CheckpointError(
          .malformedTensor, in: path, "'\(name)' of shape \(array.shape) has \(array.bytes.count) bytes")
      }
      tensors[name] = CheckpointTensor(
        file: file, scalarType: .float64, shape: array.shape, byteOffset: array.bytes.lowerBound)
    }
    self.init(tensors: tensors, files: [path])
  }
}

/// The tensors of a state dictionary that a pickle describes and a file holds, whichever of PyTorch's two formats it has.
///
/// Packed tensors are used where they lie; transposed ones are packed into a scratch file.
struct TorchTensors {
  let file: MappedFile
  let pickle: PickledCheckpoint
  /// Where the bytes of each storage lie, by its key.
  let storages: [String: Range<Int>]

  /// The tensors, by name. Of a Lightning checkpoint they are those of its `state_dict`.
  func read() throws(CheckpointError) -> [String: CheckpointTensor] {
    let state = pickle.member("state_dict", of: pickle.root) ?? pickle.root
    var tensors: [String: CheckpointTensor] = [:]
    var strided: [StridedTensor] = []
    var names: Set<String> = []
    for (name, pickled) in pickle.tensors(in: state) {
      guard names.insert(name).inserted else {
        throw CheckpointError(.duplicateName, in: file.path, "two tensors named \"\(name)\"")
      }
      let view = try checked(pickled, name: name)
      if view.isPacked { tensors[name] = view.inPlace(in: file) } else { strided.append(view) }
    }
    guard !names.isEmpty else {
      throw CheckpointError(.noWeights, in: file.path, "the file holds no dictionary of tensors")
    }
    return tensors.merging(try packed(strided)) { first, _ in first }
  }

  /// Packed copies in one scratch file, which may be no larger than the checkpoint itself.
  private func packed(_ views: [StridedTensor]) throws(CheckpointError) -> [String: CheckpointTensor] {
    if views.isEmpty { return [:] }
    var offsets = [0]
    for view in views {
      offsets.append(offsets.last! + view.byteCount)
      guard offsets.last! <= file.byteCount else {
        throw CheckpointError(
          .malformedTensor, in: file.path,
          "tensor \"\(view.name)\": strided views that together are larger than the file")
      }
    }
    let scratch = try MappedFile(scratch: "\(file.path) (packed)") { write throws(CheckpointError) in
      for view in views { try view.write(from: file, to: write) }
    }
    var tensors: [String: CheckpointTensor] = [:]
    for (view, offset) in zip(views, offsets) {
      tensors[view.name] = CheckpointTensor(
        file: scratch, scalarType: view.scalarType, shape: view.shape, byteOffset: offset)
    }
    return tensors
  }

  private func storageRange(_ storage: PickledStorage) throws(CheckpointError) -> Range<Int> {
    guard let range = storages[storage.key] else {
      throw CheckpointError(.malformedStorage, in: file.path, "there is no storage \(storage.key)")
    }
    let size = storage.elementCount.multipliedReportingOverflow(by: storage.scalarType.byteCount)
    guard !size.overflow, size.partialValue == range.count else {
      throw CheckpointError(
        .malformedStorage, in: file.path,
        "storage \(storage.key) has \(range.count) bytes, not \(storage.elementCount) of "
          + "\(storage.scalarType.rawValue)")
    }
    return range
  }

  /// A view whose offset, sizes and strides are known to stay inside its storage.
  private func checked(
    _ tensor: PickledTensor, name: String
  ) throws(CheckpointError) -> StridedTensor {
    func malformed(_ detail: String) -> CheckpointError {
      CheckpointError(.malformedTensor, in: file.path, "tensor \"\(name)\" \(detail)")
    }
    let storage = try storageRange(tensor.storage)
    let available = tensor.storage.elementCount
    guard tensor.shape.count == tensor.strides.count else { throw malformed("has other strides than sizes") }
    guard let count = checkedElementCount(tensor.shape) else {
      throw CheckpointError(.shapeOverflow, in: file.path, "tensor \"\(name)\" of shape \(tensor.shape)")
    }
    guard (0...available).contains(tensor.offset), tensor.strides.allSatisfy({ $0 >= 0 })
    else { throw malformed("has offset \(tensor.offset) and strides \(tensor.strides)") }
    var last = tensor.offset
    for (size, stride) in zip(tensor.shape, tensor.strides) where count > 0 {
      let (reach, tooFar) = (size - 1).multipliedReportingOverflow(by: stride)
      let (sum, beyond) = last.addingReportingOverflow(reach)
      guard !tooFar, !beyond else { throw malformed("reaches beyond its storage") }
      last = sum
    }
    guard count == 0 || last < available else { throw malformed("reaches beyond its storage") }
    guard count <= available else { throw malformed("repeats elements (an expanded view)") }
    return StridedTensor(
      name: name, scalarType: tensor.storage.scalarType, shape: tensor.shape, strides: tensor.strides,
      byteOffset: storage.lowerBound + tensor.offset * tensor.storage.scalarType.byteCount)
  }
}

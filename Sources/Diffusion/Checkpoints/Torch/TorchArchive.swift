/// Reads the weights of a zip file written by `torch.save`.
///
/// Inside: `NAME/data.pkl`, a pickle that describes the tensors; `NAME/data/KEY`, a storage's bytes;
/// `NAME/byteorder`. Packed tensors are used where they lie; transposed ones are packed into a scratch file.
struct TorchArchive {
  private let file: MappedFile
  private let entries: [String: ZipEntry]
  private let root: String

  /// The tensors of the state dictionary, by name.
  ///
  /// Of a Lightning checkpoint that is its `state_dict`.
  static func read(_ file: MappedFile) throws(CheckpointError) -> [String: CheckpointTensor] {
    try TorchArchive(file).tensors()
  }

  private init(_ file: MappedFile) throws(CheckpointError) {
    self.file = file
    entries = try ZipDirectory.read(file)
    let pickles = entries.keys.filter { $0.split(separator: "/").count == 2 && $0.hasSuffix("/data.pkl") }
    guard let pickle = pickles.first, pickles.count == 1 else {
      throw CheckpointError(
        .malformedArchive, in: file.path, "\(pickles.count) entries named NAME/data.pkl; one expected")
    }
    root = String(pickle.dropLast("/data.pkl".count))
    if entries["\(root)/constants.pkl"] != nil {
      throw CheckpointError(
        .torchScript, in: file.path, "a TorchScript program; save its state_dict() instead")
    }
    if let name = entries.filter({ !$0.value.isStored }).keys.min() {
      throw CheckpointError(.entryNotStored, in: file.path, "\"\(name)\" is compressed or encrypted")
    }
    try checkByteOrder()
  }

  private func checkByteOrder() throws(CheckpointError) {
    guard let range = entries["\(root)/byteorder"]?.range else { return }
    let isLittle = file.withBytes { bytes in bytes[range].elementsEqual("little".utf8) }
    guard isLittle else {
      throw CheckpointError(.malformedStorage, in: file.path, "its numbers are not little-endian")
    }
  }

  private func tensors() throws(CheckpointError) -> [String: CheckpointTensor] {
    let pickleRange = entries["\(root)/data.pkl"]!.range
    let pickle = try file.withBytes { bytes throws(CheckpointError) in
      try Unpickler.read(UnsafeRawBufferPointer(rebasing: bytes[pickleRange]), path: file.path)
    }
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
    guard let range = entries["\(root)/data/\(storage.key)"]?.range else {
      throw CheckpointError(.malformedStorage, in: file.path, "there is no entry data/\(storage.key)")
    }
    let size = storage.elementCount.multipliedReportingOverflow(by: storage.scalarType.byteCount)
    guard !size.overflow, size.partialValue == range.count else {
      throw CheckpointError(
        .malformedStorage, in: file.path,
        "data/\(storage.key) has \(range.count) bytes, not \(storage.elementCount) of "
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

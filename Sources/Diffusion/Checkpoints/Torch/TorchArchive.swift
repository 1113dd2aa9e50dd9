/// Reads the weights of a zip file written by `torch.save`.
///
/// Inside: `NAME/data.pkl`, a pickle that describes the tensors; `NAME/data/KEY`, a storage's bytes;
/// `NAME/byteorder`.
struct TorchArchive {
  private let file: MappedFile
  private let entries: [String: ZipEntry]
  private let root: String

  /// The tensors of the state dictionary, by name.
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
    let prefix = "\(root)/data/"
    let storages = entries.filter { $0.key.hasPrefix(prefix) }.map { name, entry in
      (String(name.dropFirst(prefix.count)), entry.range)
    }
    return try TorchTensors(
      file: file, pickle: pickle, storages: Dictionary(uniqueKeysWithValues: storages)
    ).read()
  }
}

/// Reads the weights of a file that `torch.save` wrote before PyTorch 1.6, as many that are published still are.
///
/// One after another: pickles of a magic number, of the format's version, of the machine's sizes and byte order, of the
/// tensors, and of the storages' keys; then for each key how many elements its storage has, in 64 bits, and their bytes.
enum LegacyTorchFile {
  /// The first bytes: the pickle of the magic number.
  static let signature: [UInt8] = [
    0x80, 0x02, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E,
  ]
  private static let version = 1001

  /// The tensors of the state dictionary, by name.
  static func read(_ file: MappedFile) throws(CheckpointError) -> [String: CheckpointTensor] {
    let (pickle, storages) = try file.withBytes { bytes throws(CheckpointError) in
      try parts(PickleReader(bytes, path: file.path))
    }
    return try TorchTensors(file: file, pickle: pickle, storages: storages).read()
  }

  private static func parts(
    _ start: PickleReader
  ) throws(CheckpointError) -> (PickledCheckpoint, [String: Range<Int>]) {
    var reader = start
    try reader.skip(signature.count)
    guard case .integer(version) = try Unpickler.next(&reader).root else {
      throw reader.malformed("a version of the format other than \(version)")
    }
    let machine = try Unpickler.next(&reader)
    guard case .bool(true)? = machine.member("little_endian", of: machine.root) else {
      throw CheckpointError(.malformedStorage, in: reader.path, "its numbers are not little-endian")
    }
    let pickle = try Unpickler.next(&reader)
    let types = Dictionary(pickle.storages.map { ($0.key, $0.scalarType) }) { first, _ in first }
    let keys = try Unpickler.next(&reader)
    guard case .list(let cell) = keys.root else { throw reader.malformed("storages without a list of keys") }
    var storages: [String: Range<Int>] = [:]
    for item in keys.cells[cell] {
      guard case .string(let key) = item, let type = types[key] else {
        throw reader.malformed("a storage that no tensor has")
      }
      let (size, overflow) = try reader.int64().multipliedReportingOverflow(by: type.byteCount)
      guard !overflow, size >= 0 else { throw reader.malformed("a storage of impossible length") }
      let offset = reader.position
      try reader.skip(size)
      storages[key] = offset..<reader.position
    }
    return (pickle, storages)
  }
}

/// Named tensors read from one or more files, which stay mapped as long as a tensor is in use.
///
/// Nothing in a file is ever executed, and a file that is not exactly what its format says is refused.
package struct Checkpoint: Sendable {
  /// The tensors, by name.
  package var tensors: [String: CheckpointTensor]
  /// What `__metadata__` of a `.safetensors` file says; empty for other files.
  package var metadata: [String: String]
  /// The files the tensors were read from.
  package private(set) var files: [String]

  /// A checkpoint of tensors at hand.
  package init(
    tensors: [String: CheckpointTensor], metadata: [String: String] = [:], files: [String] = []
  ) {
    self.tensors = tensors
    self.metadata = metadata
    self.files = files
  }

  /// Opens a file: `.safetensors`; one by `torch.save` under any other ending (`.bin`, `.ckpt`, `.pt`, `.pth`); or the `.index.json` of a checkpoint in shards.
  package init(contentsOf path: String) throws(CheckpointError) {
    if path.hasSuffix(".json") {
      self = try ShardIndex(contentsOf: path).open()
      return
    }
    if path.hasSuffix(".safetensors") {
      try self.init(safetensors: path)
      return
    }
    let file = try MappedFile(path: path)
    switch FileSignature(of: file) {
    case .zip: self.init(tensors: try TorchArchive.read(file), files: [path])
    case .legacy: self.init(tensors: try LegacyTorchFile.read(file), files: [path])
    case .pickle: throw Checkpoint.bare(path)
    case .unknown:
      try StandIn.refuse(file)
      throw CheckpointError(
        .unknownFormat, in: path,
        "neither a zip file by torch.save nor named .safetensors (\(file.byteCount) bytes)")
    }
  }

  /// Opens a `.safetensors` file, whatever its name.
  package init(safetensors path: String) throws(CheckpointError) {
    let file = try MappedFile(path: path)
    try StandIn.refuse(file)
    let (tensors, metadata) = try SafetensorsReader.read(file)
    self.init(tensors: tensors, metadata: metadata, files: [path])
  }

  /// A tensor by name.
  package subscript(name: String) -> CheckpointTensor? { tensors[name] }

  private static func bare(_ path: String) -> CheckpointError {
    CheckpointError(
      .barePickle, in: path,
      """
      a bare pickle, which torch.save does not write. Convert it with: \
      python -c 'import sys, torch; torch.save(torch.load(sys.argv[1], map_location="cpu", \
      weights_only=True), sys.argv[2])' '\(path)' '\(path).zip.ckpt'
      """)
  }
}

/// What a file is, by its first bytes.
private enum FileSignature {
  case zip, legacy, pickle, unknown

  init(of file: MappedFile) {
    self = file.withBytes { bytes in
      if bytes.starts(with: [0x50, 0x4B, 0x03, 0x04]) { return .zip }
      if bytes.starts(with: LegacyTorchFile.signature) { return .legacy }
      // A bare pickle of protocol 2 to 5, or the tar file torch wrote before that.
      if bytes.count > 1, bytes[0] == 0x80, (2...5).contains(bytes[1]) { return .pickle }
      if bytes.count > 262, bytes[257..<262].elementsEqual("ustar".utf8) { return .pickle }
      return .unknown
    }
  }
}

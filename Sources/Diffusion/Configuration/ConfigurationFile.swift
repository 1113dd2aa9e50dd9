import Foundations

/// A configuration file, read strictly: at most 64 MiB, an object, no name twice, at most 32 levels.
///
/// Python's `Infinity`, `-Infinity` and `NaN` are taken, because diffusers writes them.
struct ConfigurationFile {
  /// The file's path.
  let path: String
  /// The members of the outermost object.
  let root: [String: JSONValue]

  init(contentsOf path: String) throws(CheckpointError) {
    let file = try MappedFile(path: path)
    guard file.byteCount <= 64 << 20 else {
      throw CheckpointError(.notJSON, in: path, "\(file.byteCount) bytes is too long for a configuration")
    }
    try StandIn.refuse(file)
    self = try file.withBytes { bytes throws(CheckpointError) in
      // Some editors begin a file with UTF-8's byte order mark.
      let isMarked = bytes.starts(with: [0xEF, 0xBB, 0xBF])
      return try ConfigurationFile(UnsafeRawBufferPointer(rebasing: bytes[(isMarked ? 3 : 0)...]), path: path)
    }
  }

  init(_ bytes: UnsafeRawBufferPointer, path: String) throws(CheckpointError) {
    guard isUTF8(bytes) else { throw CheckpointError(.notJSON, in: path, "not UTF-8") }
    let value: JSONValue
    do throws(JSONFault) {
      var scanner = JSONScanner<JSONFault>(bytes)
      value = try scanner.value(depth: 32, allowsNonfinite: true)
      try scanner.end()
    } catch {
      throw CheckpointError(error.isDuplicateName ? .duplicateName : .notJSON, in: path, error.detail)
    }
    guard case .object(let members) = value else {
      throw CheckpointError(.notJSON, in: path, "an object expected")
    }
    self.path = path
    root = members
  }
}

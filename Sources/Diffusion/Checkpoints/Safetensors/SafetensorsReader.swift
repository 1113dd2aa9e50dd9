import Foundations

/// Reads the `.safetensors` format: 8 bytes of length, a JSON header, the tensors' bytes.
///
/// The file is taken at its word in nothing: names are unique, types known, sizes exact, and the tensors
/// cover the data without overlap or hole.
/// Source: the format's description at huggingface.co/docs/safetensors.
enum SafetensorsReader {
  /// The format's own limit on the header's length, in bytes.
  static let maximumHeaderLength = 100_000_000

  /// The file's tensors and free-form metadata.
  static func read(
    _ file: MappedFile
  ) throws(CheckpointError) -> (tensors: [String: CheckpointTensor], metadata: [String: String]) {
    let headerLength = try headerLength(of: file)
    let header = try file.withBytes { bytes throws(CheckpointError) in
      try parseHeader(UnsafeRawBufferPointer(rebasing: bytes[8..<8 + headerLength]), of: file)
    }
    try checkCoverage(header.entries, dataLength: file.byteCount - 8 - headerLength, of: file)
    var tensors: [String: CheckpointTensor] = [:]
    for entry in header.entries {
      tensors[entry.name] = CheckpointTensor(
        file: file, scalarType: entry.scalarType, shape: entry.shape,
        byteOffset: 8 + headerLength + entry.begin)
    }
    return (tensors, header.metadata)
  }

  private struct Entry {
    var name: String
    var scalarType: ScalarType
    var shape: [Int]
    var begin: Int
    var end: Int
  }

  private static func headerLength(of file: MappedFile) throws(CheckpointError) -> Int {
    guard file.byteCount >= 8 else {
      throw CheckpointError(.headerTooSmall, in: file.path, "\(file.byteCount) bytes; a header needs 8")
    }
    let length = file.withBytes { $0.littleEndian(UInt64.self, at: 0) }
    guard length <= maximumHeaderLength else {
      throw CheckpointError(
        .headerTooLarge, in: file.path, "a header of \(length) bytes; at most \(maximumHeaderLength)")
    }
    guard Int(length) <= file.byteCount - 8 else {
      throw CheckpointError(
        .headerTruncated, in: file.path,
        "a header of \(length) bytes in a file of \(file.byteCount)")
    }
    return Int(length)
  }

  private static func parseHeader(
    _ bytes: UnsafeRawBufferPointer, of file: MappedFile
  ) throws(CheckpointError) -> (entries: [Entry], metadata: [String: String]) {
    guard isUTF8(bytes) else {
      throw CheckpointError(.headerNotUTF8, in: file.path, "the header is not UTF-8")
    }
    guard bytes.first == UInt8(ascii: "{") else {
      throw CheckpointError(.notJSON, in: file.path, "the header does not begin with '{'")
    }
    var entries: [Entry] = []
    var metadata: [String: String] = [:]
    do throws(HeaderFault) {
      var scanner = JSONScanner<HeaderFault>(bytes)
      try scanner.object { name, scanner throws(HeaderFault) in
        if name == "__metadata__" {
          metadata = try parseMetadata(&scanner)
        } else {
          entries.append(try parseEntry(name, &scanner))
        }
      }
      try scanner.end()
    } catch {
      throw CheckpointError(error.reason, in: file.path, "header: \(error.detail)")
    }
    return (entries, metadata)
  }

  private static func parseMetadata(
    _ scanner: inout JSONScanner<HeaderFault>
  ) throws(HeaderFault) -> [String: String] {
    guard try scanner.peek() == .object else {
      throw HeaderFault(reason: .malformedMetadata, detail: "__metadata__ is no object")
    }
    var metadata: [String: String] = [:]
    try scanner.object { name, scanner throws(HeaderFault) in
      guard try scanner.peek() == .string else {
        throw HeaderFault(reason: .malformedMetadata, detail: "\"\(name)\" is no string")
      }
      metadata[name] = try scanner.string()
    }
    return metadata
  }

  private static func parseEntry(
    _ name: String, _ scanner: inout JSONScanner<HeaderFault>
  ) throws(HeaderFault) -> Entry {
    func malformed(_ detail: String) -> HeaderFault {
      HeaderFault(reason: .malformedEntry, detail: "tensor \"\(name)\": \(detail)")
    }
    guard try scanner.peek() == .object else { throw malformed("is described by no object") }
    var typeName: String?
    var shape: [Int]?
    var offsets: [Int]?
    try scanner.object { field, scanner throws(HeaderFault) in
      switch field {
      case "dtype":
        guard try scanner.peek() == .string else { throw malformed("dtype is no string") }
        typeName = try scanner.string()
      case "shape": shape = try integers(&scanner, field, of: name, tooLarge: .shapeOverflow)
      case "data_offsets":
        offsets = try integers(&scanner, field, of: name, tooLarge: .offsetsOutOfBounds)
      default: throw malformed("unknown field \"\(field)\"")
      }
    }
    guard let typeName, let shape, let offsets, offsets.count == 2 else {
      throw malformed("needs dtype, shape and two data_offsets")
    }
    guard let scalarType = ScalarType(rawValue: typeName) else {
      throw HeaderFault(reason: .unknownType, detail: "tensor \"\(name)\" is of type \"\(typeName)\"")
    }
    try checkSize(name, scalarType, shape, offsets)
    return Entry(name: name, scalarType: scalarType, shape: shape, begin: offsets[0], end: offsets[1])
  }

  private static func integers(
    _ scanner: inout JSONScanner<HeaderFault>, _ field: String, of name: String,
    tooLarge: CheckpointError.Reason
  ) throws(HeaderFault) -> [Int] {
    func fault(_ reason: CheckpointError.Reason, _ detail: String) -> HeaderFault {
      HeaderFault(reason: reason, detail: "tensor \"\(name)\": \(field) \(detail)")
    }
    guard try scanner.peek() == .array else { throw fault(.malformedEntry, "is no array") }
    var values: [Int] = []
    try scanner.array { scanner throws(HeaderFault) in
      guard try scanner.peek() == .number else { throw fault(.malformedEntry, "holds no integer") }
      let text = try scanner.number()
      guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
        throw fault(.malformedEntry, "holds \(text), no natural number")
      }
      guard let value = Int(text) else { throw fault(tooLarge, "holds \(text), which is too large") }
      guard values.count < 64 else { throw fault(.malformedEntry, "has more than 64 numbers") }
      values.append(value)
    }
    return values
  }

  private static func checkSize(
    _ name: String, _ scalarType: ScalarType, _ shape: [Int], _ offsets: [Int]
  ) throws(HeaderFault) {
    guard offsets[0] <= offsets[1] else {
      throw HeaderFault(
        reason: .offsetsOutOfBounds, detail: "tensor \"\(name)\" ends before it begins: \(offsets)")
    }
    guard let count = checkedElementCount(shape),
      case (let needed, false) = count.multipliedReportingOverflow(by: scalarType.byteCount)
    else {
      throw HeaderFault(
        reason: .shapeOverflow, detail: "tensor \"\(name)\" of shape \(shape) has too many elements")
    }
    guard needed == offsets[1] - offsets[0] else {
      throw HeaderFault(
        reason: .sizeMismatch,
        detail: "tensor \"\(name)\", \(scalarType.rawValue)\(shape), needs \(needed) bytes, "
          + "its offsets \(offsets) hold \(offsets[1] - offsets[0])")
    }
  }

  private static func checkCoverage(
    _ entries: [Entry], dataLength: Int, of file: MappedFile
  ) throws(CheckpointError) {
    var covered = 0
    for entry in entries.sorted(by: { ($0.begin, $0.end) < ($1.begin, $1.end) }) {
      guard entry.end <= dataLength else {
        throw CheckpointError(
          .offsetsOutOfBounds, in: file.path,
          "tensor \"\(entry.name)\" ends at \(entry.end), the data at \(dataLength)")
      }
      guard entry.begin >= covered else {
        throw CheckpointError(
          .offsetsOverlap, in: file.path, "tensor \"\(entry.name)\" begins inside the one before it")
      }
      guard entry.begin == covered else {
        throw CheckpointError(
          .offsetsLeaveHole, in: file.path, "bytes \(covered)..<\(entry.begin) belong to no tensor")
      }
      covered = entry.end
    }
    guard covered == dataLength else {
      throw CheckpointError(
        .offsetsLeaveHole, in: file.path, "bytes \(covered)..<\(dataLength) belong to no tensor")
    }
  }
}

/// Whether the bytes are valid UTF-8.
func isUTF8(_ bytes: UnsafeRawBufferPointer) -> Bool {
  String(validating: bytes, as: UTF8.self) != nil
}

/// What is wrong with a header.
private struct HeaderFault: JSONScannerError {
  var reason: CheckpointError.Reason
  var detail: String

  init(reason: CheckpointError.Reason, detail: String) { (self.reason, self.detail) = (reason, detail) }

  init(_ fault: JSONFault) {
    self.init(reason: fault.isDuplicateName ? .duplicateName : .notJSON, detail: fault.detail)
  }
}

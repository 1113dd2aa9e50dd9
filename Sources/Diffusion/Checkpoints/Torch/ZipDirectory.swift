/// An entry of a zip file.
package struct ZipEntry: Sendable {
  /// Where its bytes lie in the file.
  package var range: Range<Int>
  /// Whether they are the content itself, neither compressed nor encrypted.
  package var isStored: Bool
  /// Whether they are deflated and not encrypted.
  package var isDeflated: Bool
  /// How many bytes the content has.
  package var length: Int
  /// The content's CRC-32.
  package var checksum: UInt32
}

/// The directory of a zip file.
///
/// Central directory and local headers must agree, and no two entries may share bytes.
/// Source: PKWARE's APPNOTE, 4.3 and 4.5.3 (zip64).
package struct ZipDirectory {
  private var entries: [String: ZipEntry] = [:]

  private let file: MappedFile
  private let bytes: UnsafeRawBufferPointer

  /// The entries of a mapped file, by name.
  package static func read(_ file: MappedFile) throws(CheckpointError) -> [String: ZipEntry] {
    try file.withBytes { bytes throws(CheckpointError) in
      var directory = ZipDirectory(file: file, bytes: bytes)
      try directory.read()
      return directory.entries
    }
  }

  private init(file: MappedFile, bytes: UnsafeRawBufferPointer) {
    self.file = file
    self.bytes = bytes
  }

  private struct Central {
    var count: Int
    var offset: Int
    var length: Int
  }

  private struct Record {
    var name: String
    var localOffset: Int
    var length: Int
    var isStored: Bool
    var isDeflated: Bool
    var contentLength: Int
    var checksum: UInt32
  }

  private mutating func read() throws(CheckpointError) {
    let central = try locateCentral()
    var position = central.offset
    let end = central.offset + central.length
    var spans: [Range<Int>] = []
    for _ in 0..<central.count {
      let record = try record(at: &position, before: end)
      let data = try dataRange(of: record, before: central.offset)
      let entry = ZipEntry(
        range: data, isStored: record.isStored, isDeflated: record.isDeflated, length: record.contentLength,
        checksum: record.checksum)
      guard entries.updateValue(entry, forKey: record.name) == nil else {
        throw CheckpointError(.duplicateName, in: file.path, "two entries named \"\(record.name)\"")
      }
      spans.append(record.localOffset..<data.upperBound)
    }
    guard position == end else { throw malformed("the directory holds more than its entries") }
    spans.sort { $0.lowerBound < $1.lowerBound }
    for (first, second) in zip(spans, spans.dropFirst()) where second.lowerBound < first.upperBound {
      throw malformed("two entries share bytes from \(second.lowerBound) on")
    }
  }

  private func malformed(_ detail: String) -> CheckpointError {
    CheckpointError(.malformedArchive, in: file.path, detail)
  }

  private func number<I: FixedWidthInteger & UnsignedInteger>(
    _: I.Type, at offset: Int
  ) throws(CheckpointError) -> Int {
    guard offset >= 0, offset <= bytes.count - MemoryLayout<I>.size,
      let value = Int(exactly: bytes.littleEndian(I.self, at: offset))
    else { throw malformed("cut short at byte \(offset)") }
    return value
  }

  private func signature(at offset: Int) throws(CheckpointError) -> Int {
    try number(UInt32.self, at: offset)
  }

  /// The end-of-central-directory record is the last thing in the file, but for a comment.
  private func locateCentral() throws(CheckpointError) -> Central {
    var end = bytes.count - 22
    let lowest = max(0, end - 0xFFFF)
    while end >= lowest {
      if try signature(at: end) == 0x0605_4b50,
        try number(UInt16.self, at: end + 20) == bytes.count - end - 22
      {
        return try central(endRecordAt: end)
      }
      end -= 1
    }
    throw malformed("no end-of-directory record: the file is cut short or is no zip file")
  }

  private func central(endRecordAt end: Int) throws(CheckpointError) -> Central {
    guard try number(UInt16.self, at: end + 4) == 0, try number(UInt16.self, at: end + 6) == 0 else {
      throw malformed("one part of several")
    }
    var central = Central(
      count: try number(UInt16.self, at: end + 10),
      offset: try number(UInt32.self, at: end + 16),
      length: try number(UInt32.self, at: end + 12))
    var directoryEnd = end
    if end >= 20, try signature(at: end - 20) == 0x0706_4b50 {
      directoryEnd = try number(UInt64.self, at: end - 12)
      guard directoryEnd <= end - 20 - 56, try signature(at: directoryEnd) == 0x0606_4b50 else {
        throw malformed("the zip64 locator points nowhere")
      }
      central = Central(
        count: try number(UInt64.self, at: directoryEnd + 32),
        offset: try number(UInt64.self, at: directoryEnd + 48),
        length: try number(UInt64.self, at: directoryEnd + 40))
    }
    guard central.offset <= directoryEnd, central.length == directoryEnd - central.offset else {
      throw malformed("the directory is not where its end says")
    }
    guard central.count <= central.length / 46 else { throw malformed("too many entries for the directory") }
    return central
  }

  private func record(at position: inout Int, before end: Int) throws(CheckpointError) -> Record {
    let start = position
    guard try signature(at: start) == 0x0201_4b50 else { throw malformed("no entry at byte \(start)") }
    let nameLength = try number(UInt16.self, at: start + 28)
    let extraLength = try number(UInt16.self, at: start + 30)
    position = start + 46 + nameLength + extraLength + (try number(UInt16.self, at: start + 32))
    guard position <= end else { throw malformed("the entry at byte \(start) runs out of the directory") }
    let nameBytes = UnsafeRawBufferPointer(rebasing: bytes[start + 46..<start + 46 + nameLength])
    guard let name = String(validating: nameBytes, as: UTF8.self), !name.isEmpty else {
      throw malformed("the entry at byte \(start) has no name in UTF-8")
    }
    let isEncrypted = try number(UInt16.self, at: start + 8) & 0x2041 != 0
    let method = try number(UInt16.self, at: start + 10)
    var wide = try zip64Values(start + 46 + nameLength..<start + 46 + nameLength + extraLength)
    func widened(_ value: Int) -> Int {
      value == 0xFFFF_FFFF && !wide.isEmpty ? wide.removeFirst() : value
    }
    let length = widened(try number(UInt32.self, at: start + 24))
    let compressed = widened(try number(UInt32.self, at: start + 20))
    let localOffset = widened(try number(UInt32.self, at: start + 42))
    let isStored = !isEncrypted && method == 0
    guard !isStored || compressed == length else { throw malformed("\"\(name)\" is stored with two lengths") }
    return Record(
      name: name, localOffset: localOffset, length: compressed, isStored: isStored,
      isDeflated: !isEncrypted && method == 8, contentLength: length,
      checksum: UInt32(try number(UInt32.self, at: start + 16)))
  }

  /// The 64-bit numbers of the zip64 extra field (id 1), in order.
  private func zip64Values(_ range: Range<Int>) throws(CheckpointError) -> [Int] {
    var position = range.lowerBound
    while position + 4 <= range.upperBound {
      let length = try number(UInt16.self, at: position + 2)
      guard position + 4 + length <= range.upperBound else { throw malformed("an extra field is cut short") }
      if try number(UInt16.self, at: position) == 1 {
        var values: [Int] = []
        for index in 0..<min(3, length / 8) {
          values.append(try number(UInt64.self, at: position + 4 + 8 * index))
        }
        return values
      }
      position += 4 + length
    }
    return []
  }

  private func dataRange(of entry: Record, before limit: Int) throws(CheckpointError) -> Range<Int> {
    let start = entry.localOffset
    guard start >= 0, start <= limit - 30, try signature(at: start) == 0x0403_4b50 else {
      throw malformed("\"\(entry.name)\" is not at byte \(start)")
    }
    let nameLength = try number(UInt16.self, at: start + 26)
    let data = start + 30 + nameLength + (try number(UInt16.self, at: start + 28))
    guard data <= limit, entry.length <= limit - data else {
      throw malformed("\"\(entry.name)\" (\(entry.length) bytes) runs into the directory")
    }
    guard (try number(UInt16.self, at: start + 8) == 0) == entry.isStored,
      bytes[start + 30..<start + 30 + nameLength].elementsEqual(entry.name.utf8)
    else { throw malformed("\"\(entry.name)\": directory and local header disagree") }
    return data..<data + entry.length
  }
}

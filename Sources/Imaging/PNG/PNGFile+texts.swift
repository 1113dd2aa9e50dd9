import Foundation
import Foundations

extension PNGFile {
  /// A PNG's bytes with these texts added before its picture data; texts of the same keywords are replaced, and no
  /// pixel is encoded again. A second eXIf chunk, which PNG does not allow and libpng 1.6.39 writes, is left out.
  /// - Throws: `ImagingError` for bytes that are no whole PNG, or keywords that PNG does not allow.
  package static func inserting(_ texts: [PNGText], into bytes: [UInt8], name: String = "PNG") throws
    -> [UInt8]
  {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count + texts.reduce(0) { $0 + $1.text.utf8.count })
    try copy(ByteStream(bytes: bytes), name: name, inserting: texts) { result += $0 }
    return result
  }

  /// The same for bytes that libvips has just written, whose tEXt and zTXt chunks hold UTF-8.
  static func inserting(_ texts: [PNGText], intoWritten bytes: [UInt8]) throws -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    try copy(ByteStream(bytes: bytes), name: "PNG", inserting: texts, isWritten: true) { result += $0 }
    return result
  }

  /// The same from file to file, in pieces, for a file that libvips has just written. The target must not be the source, and is not synchronized to disk.
  static func insert(_ texts: [PNGText], from source: String, to target: String) throws {
    guard FileManager.default.createFile(atPath: target, contents: nil),
      let file = FileHandle(forWritingAtPath: target)
    else { throw ImagingError.unwritable(path: target, reason: systemReason()) }
    defer { try? file.close() }
    try copy(try ByteStream(path: source), name: source, inserting: texts, isWritten: true) { piece in
      do {
        try file.write(contentsOf: piece)
      } catch {
        let reason = FileError(fullDisk: error).map { _ in FileError.fullDisk }
        throw ImagingError.unwritable(path: target, reason: reason ?? error.localizedDescription)
      }
    }
  }

  private static func copy(
    _ stream: ByteStream, name: String, inserting texts: [PNGText], isWritten: Bool = false,
    _ write: ([UInt8]) throws -> Void
  ) throws {
    let added = try texts.flatMap { chunk("iTXt", try $0.chunkData()) }
    let replaced = Set(texts.map(\.keyword))
    do {
      guard try stream.take(8, of: "its signature") == signature else {
        throw PNGFault.damaged("it does not begin like a PNG")
      }
      try write(signature)
      var isInserted = false
      var hasEXIF = false
      var type = ""
      while type != "IEND" {
        let length: Int
        (type, length) = try PNGWalk.chunkHead(stream)
        if type == "IDAT", !isInserted {
          try write(added)
          isInserted = true
        }
        let data = try PNGWalk.wholeData(stream, type: type, length: length)
        if PNGText.chunkTypes.contains(type), replaced.contains(PNGText.keyword(of: data)) { continue }
        if type == "eXIf" {
          if hasEXIF { continue }
          hasEXIF = true
        }
        if isWritten, type == "tEXt" || type == "zTXt",
          let text = try PNGText(type: type, data: data).readAsUTF8
        {
          try write(chunk("iTXt", try text.chunkData()))
          continue
        }
        try write(chunk(type, data))
      }
      guard isInserted else { throw PNGFault.damaged("it has no picture data") }
    } catch let fault as PNGFault {
      throw fault.located(at: name)
    }
  }

  /// A chunk's length, name, data and checksum.
  static func chunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
    let sum = crc(crc(0, Array(type.utf8)), data)
    return word(UInt(data.count)) + Array(type.utf8) + data + word(sum)
  }

  private static func word(_ value: UInt) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }
}

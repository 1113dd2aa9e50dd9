import Foundation
import Imaging
import Testing

@Suite("Damaged PNGs")
struct PNGStructureTests {
  enum Damage: String, CaseIterable {
    case wrongHeaderCRC, wrongDataCRC, wrongAdler, missingEnd, cutEnd, cutData, cutSignature,
      dataAfterEndOfStream
    case missingData, tooFewRows, tooManyRows, unknownCriticalChunk, badColourType, zeroWidth
  }

  struct Chunk {
    var type: String
    var data: [UInt8]
    var bytes: [UInt8] {
      let checked = Array(type.utf8) + data
      return word(UInt32(data.count)) + checked + word(checksum(checked))
    }
  }

  @Test("each kind is refused in words", arguments: Damage.allCases)
  func damaged(_ damage: Damage) throws {
    let bytes = try Self.apply(damage, to: Fixture.png())
    let error = #expect(throws: ImagingError.self) { try Image.load(from: bytes, name: "a.png") }
    switch error {
    case .truncated(let path, _), .corrupt(let path, _), .notAPicture(let path): #expect(path == "a.png")
    default: Issue.record("\(damage): \(String(describing: error))")
    }
  }

  @Test("the interlaced picture and odd depths pass the walk", arguments: [1, 2, 4, 8, 16])
  func sound(bits: Int) throws {
    let format = bits == 16 ? try Fixture.rgb().rescaled(to: .uint16) : try Fixture.rgb()
    let picture = bits < 8 ? try format.extractingBands(from: 0).tagged(as: .grey) : format
    let options = SaveOptions(interlaced: true, saver: ["bitdepth": .int(bits)])
    let bytes = try picture.encoded(as: .png, options: options)
    let file = try PNGFile(bytes: bytes)
    #expect(file.header.bitDepth == bits && file.header.isInterlaced)
    #expect(file.trailingByteCount == 0)
    #expect(try Image.load(from: bytes).width == 37)
  }

  @Test("bytes after the end mark are counted, not refused")
  func trailing() throws {
    let bytes = try Fixture.png() + [1, 2, 3]
    #expect(try PNGFile(bytes: bytes).trailingByteCount == 3)
    #expect(try Image.load(from: bytes).width == 37)
  }

  @Test("a huge header is refused before anything is decoded")
  func hugeHeader() throws {
    let header = Chunk(type: "IHDR", data: word(30_000) + word(13_000) + [1, 0, 0, 0, 0])
    let bytes = Self.signature + header.bytes + Chunk(type: "IDAT", data: [1, 2, 3]).bytes
    #expect(
      throws: ImagingError.tooLarge(path: "big.png", width: 30_000, height: 13_000, limit: 1 << 28)
    ) { try Image.load(from: bytes, name: "big.png") }
  }

  @Test("a picture that inflates to more than its header says is stopped")
  func bomb() throws {
    let deflated = try Fixture.png(width: 400, height: 300)
    var chunks = Self.chunks(of: deflated)
    chunks[0].data.replaceSubrange(0..<8, with: word(1) + word(1))
    let error = #expect(throws: ImagingError.self) { try PNGFile(bytes: Self.assemble(chunks), name: "b") }
    #expect(error?.description.contains("hold more than") == true)
  }

  // MARK: -

  static let signature: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

  static func apply(_ damage: Damage, to bytes: [UInt8]) throws -> [UInt8] {
    var chunks = chunks(of: bytes)
    let data = try #require(chunks.firstIndex { $0.type == "IDAT" })
    switch damage {
    case .wrongHeaderCRC: return flip(bytes, at: 8 + 8 + 13)
    case .wrongDataCRC:
      let before = 8 + chunks[..<data].reduce(0) { $0 + $1.data.count + 12 }
      return flip(bytes, at: before + 8 + chunks[data].data.count + 1)
    case .wrongAdler: chunks[data].data[chunks[data].data.count - 1] ^= 1
    case .missingEnd: chunks.removeLast()
    case .cutEnd: return Array(bytes.dropLast(2))
    case .cutData: return Array(bytes.prefix(bytes.count / 2))
    case .cutSignature: return Array(bytes.prefix(6))
    case .dataAfterEndOfStream: chunks[data].data.removeLast(4)
    case .missingData: chunks.remove(at: data)
    case .tooFewRows: chunks[0].data.replaceSubrange(4..<8, with: word(24))
    case .tooManyRows: chunks[0].data.replaceSubrange(4..<8, with: word(22))
    case .unknownCriticalChunk: chunks.insert(Chunk(type: "ABCD", data: [1]), at: 1)
    case .badColourType: chunks[0].data[9] = 5
    case .zeroWidth: chunks[0].data.replaceSubrange(0..<4, with: word(0))
    }
    return assemble(chunks)
  }

  static func chunks(of bytes: [UInt8]) -> [Chunk] {
    var chunks: [Chunk] = []
    var at = 8
    while at < bytes.count {
      let length = bytes[at..<at + 4].reduce(0) { $0 << 8 | Int($1) }
      let type = String(decoding: bytes[at + 4..<at + 8], as: UTF8.self)
      chunks.append(Chunk(type: type, data: Array(bytes[at + 8..<at + 8 + length])))
      at += length + 12
    }
    return chunks
  }

  static func assemble(_ chunks: [Chunk]) -> [UInt8] { signature + chunks.flatMap(\.bytes) }
  static func flip(_ bytes: [UInt8], at index: Int) -> [UInt8] {
    var bytes = bytes
    bytes[index] ^= 1
    return bytes
  }
}

private func word(_ value: UInt32) -> [UInt8] {
  [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
}

/// CRC-32 as the PNG specification's annex D computes it, written apart from the code under test.
private func checksum(_ bytes: [UInt8]) -> UInt32 {
  ~bytes.reduce(~UInt32(0)) { sum, byte in
    (0..<8).reduce(sum ^ UInt32(byte)) { value, _ in
      value & 1 == 1 ? 0xedb8_8320 ^ value >> 1 : value >> 1
    }
  }
}

/// The walk through a PNG's chunks, one at a time.
struct PNGWalk {
  let header: PNGHeader
  private(set) var texts: [PNGText] = []
  /// What is wrong with parts that a reader can do without.
  private(set) var skipped: [String] = []
  /// The ICC profile, if there is one that inflates.
  private(set) var profile: [UInt8]?
  /// Whether it says that it is animated.
  var isAnimated: Bool { seen.contains("acTL") }

  private let stream: ByteStream
  private let inflater: Inflater
  private var seen: Set<String> = ["IHDR"]
  private var last = "IHDR"

  /// The piece of picture data looked at in one go, in bytes.
  private static let pieceCount = 1 << 16

  init(_ stream: ByteStream) throws(PNGFault) {
    self.stream = stream
    inflater = try Inflater()
    guard try stream.take(8, of: "its signature") == PNGFile.signature else {
      throw .damaged("it does not begin like a PNG")
    }
    let (type, length) = try Self.chunkHead(stream)
    guard type == "IHDR", length == 13 else { throw .damaged("it does not begin with a header of 13 bytes") }
    header = try PNGHeader(try Self.wholeData(stream, type: type, length: length))
  }

  /// Walks one chunk; false after the end mark.
  mutating func advance() throws(PNGFault) -> Bool {
    let (type, length) = try Self.chunkHead(stream)
    try checkOrder(of: type)
    switch type {
    case "IDAT":
      try walkPictureData(length)
    case "IEND":
      guard length == 0 else { throw .damaged("its end mark holds data") }
      _ = try Self.wholeData(stream, type: type, length: 0)
      try checkPictureIsComplete()
      return false
    case _ where AncillaryChunk.matches(type):
      guard try walkAncillary(type, length) else {
        last = type
        return true
      }
    default:
      try Self.walkData(stream, type: type, length: length) { (_) throws(PNGFault) in }
    }
    seen.insert(type)
    last = type
    return true
  }

  /// What follows the end mark.
  func countTrailingBytes() throws(PNGFault) -> Int {
    var count = 0
    while true {
      let piece = try stream.next(Self.pieceCount)
      if piece.isEmpty { return count }
      count += piece.count
    }
  }

  private func checkOrder(of type: String) throws(PNGFault) {
    switch type {
    case "IHDR":
      throw .damaged("it has two headers")
    case "PLTE":
      guard !seen.contains("PLTE"), !seen.contains("IDAT") else {
        throw .damaged("its palette is out of place")
      }
    case "IDAT":
      guard last == "IDAT" || !seen.contains("IDAT") else {
        throw .damaged("its picture data are not in one run")
      }
      guard header.colourType != 3 || seen.contains("PLTE") else { throw .damaged("its palette is missing") }
    case "IEND":
      guard seen.contains("IDAT") else { throw .damaged("it has no picture data") }
    default:
      guard AncillaryChunk.matches(type) else { throw .damaged("it needs the unknown chunk '\(type)'") }
    }
  }

  /// Whether the chunk is sound. A fault in it costs no more than the chunk, unless the file ends in it.
  private mutating func walkAncillary(_ type: String, _ length: Int) throws(PNGFault) -> Bool {
    do throws(PNGFault) {
      var data: [UInt8] = []
      try Self.walkData(stream, type: type, length: length) { (piece) throws(PNGFault) in
        if length <= PNGText.limit { data += piece }
      }
      guard length <= PNGText.limit else { throw PNGFault.damaged("chunk \(type) has \(length) bytes") }
      if PNGText.chunkTypes.contains(type) {
        texts.append(try PNGText(type: type, data: data))
      } else {
        try AncillaryChunk.check(type, data, header: header, seen: seen)
        if type == "iCCP" { profile = try AncillaryChunk.profile(data) }
      }
      return true
    } catch .damaged(let reason) {
      skipped.append(reason)
      return false
    }
  }

  private func walkPictureData(_ length: Int) throws(PNGFault) {
    let due = header.inflatedByteCount
    try Self.walkData(stream, type: "IDAT", length: length) { (piece) throws(PNGFault) in
      try inflater.feed(piece, limit: due) { _ in }
    }
  }

  private func checkPictureIsComplete() throws(PNGFault) {
    let due = header.inflatedByteCount
    guard inflater.producedCount == due else {
      throw .truncated("its picture data hold \(inflater.producedCount) of the \(due) bytes due")
    }
    guard inflater.isFinished else { throw .truncated("the checksum of its picture data is missing") }
  }

  // MARK: - Chunks

  static func chunkHead(_ stream: ByteStream) throws(PNGFault) -> (type: String, length: Int) {
    let head = try stream.next(8)
    guard !head.isEmpty else { throw .truncated("the end mark (IEND) is missing") }
    guard head.count == 8 else { throw .truncated("the file ends inside a chunk's head") }
    let length = head[0..<4].reduce(0) { $0 << 8 | Int($1) }
    let letters = head[4...]
    guard letters.allSatisfy({ (65...90).contains($0) || (97...122).contains($0) }) else {
      throw .damaged("a chunk has the name \(Array(letters)), which is not four letters")
    }
    let type = String(decoding: letters, as: UTF8.self)
    guard length <= 0x7fff_ffff else { throw .damaged("chunk \(type) says it has \(length) bytes") }
    return (type, length)
  }

  static func wholeData(_ stream: ByteStream, type: String, length: Int) throws(PNGFault) -> [UInt8] {
    var data: [UInt8] = []
    try walkData(stream, type: type, length: length) { (piece) throws(PNGFault) in data += piece }
    return data
  }

  /// Gives a chunk's data piece by piece and checks the CRC after them.
  static func walkData(
    _ stream: ByteStream, type: String, length: Int, _ body: ([UInt8]) throws(PNGFault) -> Void
  ) throws(PNGFault) {
    var sum = crc(0, Array(type.utf8))
    var left = length
    while left > 0 {
      let piece = try stream.take(min(left, pieceCount), of: "chunk \(type)")
      sum = crc(sum, piece)
      left -= piece.count
      try body(piece)
    }
    let stored = try stream.take(4, of: "the checksum of chunk \(type)").reduce(0) { $0 << 8 | UInt($1) }
    guard stored == sum else { throw .damaged("the checksum (CRC) of chunk \(type) is wrong") }
  }
}

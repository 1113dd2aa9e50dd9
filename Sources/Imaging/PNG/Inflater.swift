import CPNG

/// Inflates a zlib stream, a gzip file, or an entry of a zip file, piece by piece; zlib checks its sum at the end, but for
/// the entry, which has none of its own.
final class Inflater {
  /// What is around the stream.
  enum Frame { case zlib, gzip, none }

  private let stream: UnsafeMutablePointer<z_stream>
  private var buffer = [UInt8](repeating: 0, count: 1 << 16)
  private(set) var isFinished = false
  /// How many bytes came out so far.
  private(set) var producedCount = 0
  /// How many bytes of the last piece come after the stream's end.
  var unusedCount: Int { Int(stream.pointee.avail_in) }

  init(_ frame: Frame = .zlib) throws(PNGFault) {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    let status =
      switch frame {
      case .zlib: cpng_inflate_init(stream)
      case .gzip: cpng_inflate_init_gzip(stream)
      case .none: cpng_inflate_init_raw(stream)
      }
    guard status == Z_OK else { throw .damaged("zlib did not start") }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  /// Feeds a piece; bytes after the stream's end are ignored.
  /// - Parameter limit: more output than this in all is a fault.
  func feed(_ piece: [UInt8], limit: Int, _ consume: (UnsafeBufferPointer<UInt8>) -> Void) throws(PNGFault) {
    var piece = piece
    let fault: PNGFault? = piece.withUnsafeMutableBufferPointer { input in
      buffer.withUnsafeMutableBufferPointer { output in
        drain(input, into: output, limit: limit, consume)
      }
    }
    if let fault { throw fault }
  }

  private func drain(
    _ input: UnsafeMutableBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>, limit: Int,
    _ consume: (UnsafeBufferPointer<UInt8>) -> Void
  ) -> PNGFault? {
    stream.pointee.next_in = input.baseAddress
    stream.pointee.avail_in = UInt32(input.count)
    while !isFinished {
      stream.pointee.next_out = output.baseAddress
      stream.pointee.avail_out = UInt32(output.count)
      let status = inflate(stream, Z_NO_FLUSH)
      let produced = output.count - Int(stream.pointee.avail_out)
      producedCount += produced
      guard producedCount <= limit else {
        return .damaged("its compressed data hold more than the \(limit) bytes due")
      }
      consume(UnsafeBufferPointer(start: output.baseAddress, count: produced))
      switch status {
      case Z_STREAM_END: isFinished = true
      case Z_OK: break
      case Z_BUF_ERROR: return nil
      default:
        return .damaged("its compressed data: \(stream.pointee.msg.map { String(cString: $0) } ?? "bad")")
      }
      if stream.pointee.avail_in == 0, produced < output.count { return nil }
    }
    return nil
  }
}

/// Inflates a whole zlib stream of at most `limit` bytes.
func inflated(_ bytes: [UInt8], limit: Int) throws(PNGFault) -> [UInt8] {
  let inflater = try Inflater()
  var result: [UInt8] = []
  try inflater.feed(bytes, limit: limit) { result += $0 }
  guard inflater.isFinished else { throw .damaged("compressed text ends early") }
  return result
}

/// Inflates a compressed entry of a zip file; nil unless it is exactly `count` bytes, with this CRC-32.
package func inflatedEntry(_ bytes: [UInt8], count: Int, checksum: UInt32) -> [UInt8]? {
  guard let inflater = try? Inflater(.none) else { return nil }
  var result: [UInt8] = []
  guard (try? inflater.feed(bytes, limit: count, { result += $0 })) != nil, inflater.isFinished,
    result.count == count, inflater.unusedCount == 0
  else { return nil }
  return entryChecksum(result) == checksum ? result : nil
}

/// The CRC-32 of a zip file's entry.
package func entryChecksum(_ bytes: [UInt8]) -> UInt32 {
  var sum: UInt = 0
  for start in stride(from: 0, to: bytes.count, by: 1 << 30) {
    sum = crc(sum, Array(bytes[start..<min(start + 1 << 30, bytes.count)]))
  }
  return UInt32(truncatingIfNeeded: sum)
}

/// A zlib stream of the bytes, at the best compression.
func deflated(_ bytes: [UInt8]) -> [UInt8] {
  var count = compressBound(UInt(bytes.count))
  var result = [UInt8](repeating: 0, count: Int(count))
  // compress2 fails only for lack of room or memory, and compressBound gives room enough.
  guard compress2(&result, &count, bytes, UInt(bytes.count), Z_BEST_COMPRESSION) == Z_OK else {
    preconditionFailure("zlib could not compress \(bytes.count) bytes")
  }
  return Array(result.prefix(Int(count)))
}

/// The CRC-32 of a chunk so far, with these bytes added.
func crc(_ previous: UInt, _ bytes: [UInt8]) -> UInt { crc32(previous, bytes, UInt32(bytes.count)) }

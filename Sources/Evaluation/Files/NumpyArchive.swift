import Diffusion
import Foundation
import Imaging

/// Arrays of doubles and singles in a `.npz` file, read strictly: a zip file of NPY entries, stored or deflated. Objects,
/// which numpy pickles, are refused, and nothing is ever executed.
///
/// Source: numpy's NPY format, versions 1 to 3.
struct NumpyArchive {
  private let file: MappedFile
  private let entries: [String: ZipEntry]

  /// The most bytes that an array may inflate to.
  private static let limit = 4 << 30

  /// Opens an archive.
  ///
  /// - Throws: `CheckpointError`.
  init(path: String) throws(CheckpointError) {
    file = try MappedFile(path: path)
    entries = try ZipDirectory.read(file)
  }

  /// The names of the arrays.
  var names: [String] { entries.keys.map { $0.hasSuffix(".npy") ? String($0.dropLast(4)) : $0 }.sorted() }

  /// An array by name; nil when there is none.
  ///
  /// - Throws: `CheckpointError` for another element type, column order, and lengths that do not fit.
  func array(_ name: String) throws(CheckpointError) -> (values: [Double], shape: [Int])? {
    guard let entry = entries["\(name).npy"] else { return nil }
    let bytes = try content(of: entry, name)
    let (header, start) = try header(bytes, name)
    let count = header.shape.reduce(1) { $0.multipliedReportingOverflow(by: $1).partialValue }
    guard header.shape.allSatisfy({ $0 >= 0 && $0 <= bytes.count }), count >= 0,
      count.multipliedReportingOverflow(by: header.width) == (bytes.count - start, false)
    else { throw fault("'\(name)' of shape \(header.shape) has \(bytes.count - start) bytes") }
    let values = bytes.withUnsafeBytes { bytes in
      (0..<count).map { index in
        header.width == 8
          ? Double(
            bitPattern: UInt64(
              littleEndian: bytes.loadUnaligned(fromByteOffset: start + 8 * index, as: UInt64.self)))
          : Double(
            Float(
              bitPattern: UInt32(
                littleEndian: bytes.loadUnaligned(fromByteOffset: start + 4 * index, as: UInt32.self))))
      }
    }
    return (values, header.shape)
  }

  private func content(of entry: ZipEntry, _ name: String) throws(CheckpointError) -> [UInt8] {
    let stored = file.withBytes { Array($0[entry.range]) }
    if entry.isStored {
      guard entryChecksum(stored) == entry.checksum else {
        throw fault("'\(name)' is damaged: its sum is wrong")
      }
      return stored
    }
    guard entry.isDeflated, entry.length <= Self.limit,
      let content = inflatedEntry(stored, count: entry.length, checksum: entry.checksum)
    else { throw fault("'\(name)' is encrypted, damaged, or compressed in a way that numpy does not use") }
    return content
  }

  private func header(_ bytes: [UInt8], _ name: String) throws(CheckpointError) -> (
    (width: Int, shape: [Int]), start: Int
  ) {
    guard bytes.starts(with: [0x93] + Array("NUMPY".utf8)), bytes.count > 12, (1...3).contains(bytes[6])
    else { throw fault("'\(name)' is no NPY array") }
    let isLong = bytes[6] > 1
    let length =
      Int(bytes[8]) | Int(bytes[9]) << 8 | (isLong ? Int(bytes[10]) << 16 | Int(bytes[11]) << 24 : 0)
    let start = (isLong ? 12 : 10) + length
    guard start <= bytes.count else { throw fault("'\(name)' is cut short") }
    let text = String(decoding: bytes[(isLong ? 12 : 10)..<start], as: UTF8.self)
    let pattern =
      /\{'descr': '<f(?<width>[48])', 'fortran_order': (?<order>True|False), 'shape': \((?<shape>[0-9, ]*)\), \}\s*/
    guard let match = text.wholeMatch(of: pattern) else {
      throw fault("'\(name)' is no array of singles or doubles: \(text.prefix(120))")
    }
    let shape = match.shape.split(separator: ",").compactMap { Int($0.filter { $0 != " " }) }
    guard match.order == "False" || shape.count < 2 else {
      throw fault("'\(name)' is stored by columns; save numpy.ascontiguousarray of it")
    }
    return ((match.width == "8" ? 8 : 4, shape), start)
  }

  private func fault(_ detail: String) -> CheckpointError {
    CheckpointError(.malformedArchive, in: file.path, detail)
  }
}

public import Foundation
import Foundations
import PipelineKit

/// A list of what a brace of patterns stands for, which decides what rows of files there are, and their order: numpy's
/// `.npy` of whole numbers, or a text with one a line. Leading zeros do not matter: 283 is the file of 000000000283.
public struct RowOrder: Sendable, Hashable {
  /// The brace's name.
  public let capture: String
  /// The list.
  public let file: URL
  /// As it was named.
  public let name: String

  /// What gives a row its place on the list, from 0, when the pipeline has such a param.
  static let position = "position"

  /// An order.
  public init(_ capture: String, by file: URL, named name: String) {
    (self.capture, self.file, self.name) = (capture, file, name)
  }

  /// The rows in the list's order, each with its place.
  ///
  /// - Throws: ``RowTable/Fault`` for a list that cannot be read, and for entries without files.
  func sorted(_ rows: [FileJoin.Row]) throws(RowTable.Fault) -> [FileJoin.Row] {
    let known = Dictionary(grouping: rows) { Self.bare($0.captured[capture] ?? "") }
    let entries = try entries()
    let absent = entries.filter { known[Self.bare($0)] == nil }
    guard absent.isEmpty else {
      throw RowTable.Fault(
        description:
          "the list '\(name)' has \(entries.count) entries, \(absent.count) of them without files: "
          + absent.prefix(5).joined(separator: ", ") + (absent.count > 5 ? "…" : ""))
    }
    return entries.enumerated().flatMap { place, entry in
      known[Self.bare(entry)]!.map { row in
        var row = row
        row.captured[Self.position] = "\(place)"
        return row
      }
    }
  }

  private static func bare(_ text: String) -> String {
    text.allSatisfy(\.isNumber) ? String(text.drop { $0 == "0" }) : text
  }

  private func entries() throws(RowTable.Fault) -> [String] {
    let data: Data
    do {
      data = try Data(ofFile: file)
    } catch {
      throw RowTable.Fault(description: "the list '\(name)' cannot be read: \(RowTable.reason(for: error))")
    }
    let entries =
      data.starts(with: Self.numpyMark)
      ? try numbers(Array(data)).map(String.init)
      : String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline).map {
        $0.trimmingCharacters(in: .whitespaces)
      }.filter { !$0.isEmpty }
    guard Set(entries).count == entries.count else {
      throw RowTable.Fault(description: "the list '\(name)' has an entry twice")
    }
    return entries
  }

  private static let numpyMark = [0x93] + Array("NUMPY".utf8)

  /// The numbers of an NPY file of one axis, version 1.
  private func numbers(_ bytes: [UInt8]) throws(RowTable.Fault) -> [Int64] {
    let start = bytes.count > 10 ? 10 + Int(bytes[8]) + Int(bytes[9]) << 8 : .max
    guard start <= bytes.count, bytes[6] == 1,
      let header = String(decoding: bytes[10..<start], as: UTF8.self).wholeMatch(
        of: /\{'descr': '<i8', 'fortran_order': False, 'shape': \((?<count>\d+),\), \}\s*/),
      let count = Int(header.count), count <= bytes.count, bytes.count - start == 8 * count
    else {
      throw RowTable.Fault(description: "the list '\(name)' is no NPY file of 64-bit numbers on one axis")
    }
    return bytes.withUnsafeBytes { bytes in
      (0..<count).map {
        Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: start + 8 * $0, as: Int64.self))
      }
    }
  }
}

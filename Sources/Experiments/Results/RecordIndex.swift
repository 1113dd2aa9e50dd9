import Foundation
import Foundations
import PipelineKit

/// Where the last record of each row stands in the files of records: 64 bytes a row, however much was recorded of it.
struct RecordIndex: Sendable {
  private struct Place {
    var time: Int
    var start: Int
    var length: UInt32
    var file: UInt16
    var isVisited = false
  }

  private var files: [Data] = []
  private var places: [ContentDigest: Place] = [:]

  /// Reads the beginnings of all lines.
  ///
  /// - Parameters:
  ///   - files: of records, one after the other.
  ///   - holds: which rows count.
  init(_ files: [URL], holds: (ContentDigest) -> Bool = { _ in true }) {
    for file in files {
      guard let data = try? Data(contentsOf: file, options: .alwaysMapped) else { continue }
      RowRecord.forEachLine(of: data) { start, end in
        guard let (key, time) = RowRecord.beginning(ofLine: data[start..<end]), holds(key),
          time >= places[key]?.time ?? .min
        else { return }
        places[key] = Place(
          time: time, start: start, length: UInt32(clamping: end - start),
          file: UInt16(clamping: self.files.count))
      }
      self.files.append(data)
    }
  }

  /// How many rows have a record.
  var count: Int { places.count }

  /// Notes that a row is one of the experiment's.
  mutating func visit(_ key: ContentDigest) { places[key]?.isVisited = true }

  /// The records of rows that were not visited.
  var unvisited: [RowRecord] { places.values.filter { !$0.isVisited }.compactMap(record) }

  /// The last record of a row; nil where there is none, and for one that a crash cut off.
  subscript(_ key: ContentDigest) -> RowRecord? { places[key].flatMap(record) }

  /// Calls `body` with the last record of each row, in the order in which those were written. With `most`, evenly chosen
  /// ones only.
  func forEach(most: Int = .max, _ body: (RowRecord) throws -> Void) rethrows {
    let ordered = places.values.sorted { ($0.time, $0.file, $0.start) < ($1.time, $1.file, $1.start) }
    let stride = ordered.count > most ? ordered.count / most : 1
    for index in Swift.stride(from: 0, to: ordered.count, by: stride) {
      if let record = record(at: ordered[index]) { try body(record) }
    }
  }

  private func record(at place: Place) -> RowRecord? {
    RowRecord(line: files[Int(place.file)][place.start..<place.start + Int(place.length)])
  }
}

extension RowRecord {
  private static let first = Array(#"{"key":""#.utf8)
  private static let second = Array(#"","time":"#.utf8)

  /// The line of a file of records, with its end. Key and time come first, so that finding a row's last record needs no
  /// parsing.
  var encoded: Data {
    Data(Self.first) + Data(key.description.utf8) + Data(Self.second) + Data("\(time),".utf8)
      + JSONWriter.canonical(.object(rest)).dropFirst() + Data("\n".utf8)
  }

  /// From a line; nil when it is none, as one that a crash cut off.
  init?(line: Data) {
    guard let json = try? JSONValue(parsing: line) else { return nil }
    self.init(json: json)
  }

  /// The key and the time at a line's beginning; nil for what is no whole line.
  fileprivate static func beginning(ofLine line: Data) -> (ContentDigest, Int)? {
    guard line.starts(with: first), line.last == UInt8(ascii: "}") else { return nil }
    let rest = line.dropFirst(first.count)
    let afterKey = rest.dropFirst(64)
    guard afterKey.starts(with: second),
      let key = ContentDigest(String(decoding: rest.prefix(64), as: UTF8.self))
    else { return nil }
    let digits = afterKey.dropFirst(second.count).prefix { $0 != UInt8(ascii: ",") }
    return Int(String(decoding: digits, as: UTF8.self)).map { (key, $0) }
  }

  /// Calls `body` with the beginning and the end of each line.
  fileprivate static func forEachLine(of data: Data, _ body: (Int, Int) -> Void) {
    var start = data.startIndex
    while start < data.endIndex {
      let end = data[start...].firstIndex(of: UInt8(ascii: "\n")) ?? data.endIndex
      body(start, end)
      start = end + 1
    }
  }
}

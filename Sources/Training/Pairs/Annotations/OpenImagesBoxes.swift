public import Foundation
import Foundations

/// OpenImages' table of boxes: comma-separated values with a header that names the columns; edges are fractions of the
/// picture, whose file is `ImageID.jpg`, or the ImageID itself where that ends with `.png`. Source: storage.googleapis.com/openimages/web/download.html
public enum OpenImagesBoxes {
  private static let columns = ["ImageID", "LabelName", "XMin", "XMax", "YMin", "YMax"]

  /// Reads the table.
  /// - Parameter area: shares of the picture's area that a usable box covers.
  /// - Throws: `AnnotationError` with the line; what reading the file meets.
  public static func read(_ file: URL, area: ClosedRange<Double>) throws -> BoxTable {
    let name = file.lastPathComponent
    let data = try mappedAnnotations(file)
    return try data.withUnsafeBytes { bytes in
      var lines = CommaSeparatedLines(bytes)
      guard let header = lines.next()?.map({ String(decoding: $0, as: UTF8.self) }) else {
        throw AnnotationError(name, "the file is empty")
      }
      let places = try columns.map { column in
        guard let place = header.firstIndex(of: column) else {
          throw AnnotationError(
            name, at: "line 1", "there is no column \(column); OpenImages' tables have it")
        }
        return place
      }
      var reader = RowReader(name: name, places: places, width: header.count, area: area)
      while let fields = lines.next() {
        if lines.number % 65_536 == 0 { try Task.checkCancellation() }
        try reader.add(fields, line: lines.number)
      }
      return BoxTable(reader.builder)
    }
  }

  private struct RowReader {
    let name: String
    let places: [Int]
    let width: Int
    var builder: BoxTableBuilder
    private var pictures: [String: Int] = [:]
    private var last = (name: "", index: -1)

    init(name: String, places: [Int], width: Int, area: ClosedRange<Double>) {
      (self.name, self.places, self.width) = (name, places, width)
      builder = BoxTableBuilder(area: area)
    }

    mutating func add(_ fields: [Slice<UnsafeRawBufferPointer>], line: Int) throws {
      guard fields.count == width else {
        throw AnnotationError(
          name, at: "line \(line)", "\(fields.count) fields where the header has \(width)")
      }
      let picture = index(of: String(decoding: fields[places[0]], as: UTF8.self))
      let label = builder.label(String(decoding: fields[places[1]], as: UTF8.self))
      let numbers = try (2..<6).map { column in
        guard let number = DecimalNumber.parse(fields[places[column]]) else {
          let text = String(decoding: fields[places[column]], as: UTF8.self)
          throw AnnotationError(
            name, at: "line \(line)", "'\(text)' in column \(columns[column]) is no number")
        }
        return number
      }
      builder.add(SIMD4(numbers[0], numbers[2], numbers[1], numbers[3]), of: picture, label: label)
    }

    /// Rows of one picture mostly follow one another.
    private mutating func index(of picture: String) -> Int {
      if last.name == picture { return last.index }
      let file = picture.hasSuffix(".png") ? picture : picture + ".jpg"
      let index = pictures[picture] ?? builder.add(BoxTable.Picture(file: file))
      pictures[picture] = index
      last = (picture, index)
      return index
    }
  }
}

/// The lines of a text in memory, cut at commas. Empty lines are passed over.
struct CommaSeparatedLines {
  private let bytes: UnsafeRawBufferPointer
  private var position = 0
  /// The number of the line that `next` gave last, from 1.
  private(set) var number = 0

  init(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
  }

  mutating func next() -> [Slice<UnsafeRawBufferPointer>]? {
    while position < bytes.count {
      var fields: [Slice<UnsafeRawBufferPointer>] = []
      var start = position
      var end = position
      while end < bytes.count, bytes[end] != 0x0A {
        if bytes[end] == 0x2C {
          fields.append(bytes[start..<end])
          start = end + 1
        }
        end += 1
      }
      number += 1
      position = end + 1
      let isCarriageReturn = end > start && bytes[end - 1] == 0x0D
      fields.append(bytes[start..<(isCarriageReturn ? end - 1 : end)])
      if fields.count > 1 || !fields[0].isEmpty { return fields }
    }
    return nil
  }
}

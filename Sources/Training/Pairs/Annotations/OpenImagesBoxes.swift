package import Foundation
import Foundations

/// OpenImages' table of boxes: comma-separated values with a header that names the columns; edges are fractions of the
/// picture, whose file is `ImageID.jpg`, or the ImageID itself where that ends as a picture's name does. Source:
/// storage.googleapis.com/openimages/web/download.html
///
/// A row that cannot be understood is left out, named and counted.
package enum OpenImagesBoxes {
  private static let columns = ["ImageID", "LabelName", "XMin", "XMax", "YMin", "YMax"]
  /// 1 where a box is around several objects; tables may be without.
  private static let groupColumn = "IsGroupOf"

  /// Reads the table.
  /// - Throws: `AnnotationError` for a file without such a header; what reading the file meets.
  package static func read(_ file: URL, _ use: BoxUse) throws -> BoxTable {
    let name = file.lastPathComponent
    let data = try mappedAnnotations(file)
    return try data.withUnsafeBytes { bytes in
      var rows = CommaSeparatedRows(bytes)
      guard let header = rows.next()?.map(\.text) else { throw AnnotationError(name, "the file is empty") }
      let places = try columns.map { column in
        guard let place = header.firstIndex(of: column) else {
          throw AnnotationError(
            name, at: "line 1", "there is no column \(column); OpenImages' tables have it")
        }
        return place
      }
      var reader = RowReader(
        places: places, groupPlace: header.firstIndex(of: groupColumn), width: header.count, use: use)
      while let fields = rows.next() {
        if rows.number % 65_536 == 0 { try Task.checkCancellation() }
        reader.add(fields, line: rows.number)
      }
      return BoxTable(reader.builder)
    }
  }

  private struct RowReader {
    let places: [Int]
    let groupPlace: Int?
    let width: Int
    var builder: BoxTableBuilder
    private var pictures: [String: Int] = [:]
    private var last = (name: "", index: -1)

    init(places: [Int], groupPlace: Int?, width: Int, use: BoxUse) {
      (self.places, self.groupPlace, self.width) = (places, groupPlace, width)
      builder = BoxTableBuilder(use)
    }

    mutating func add(_ fields: [CommaSeparatedRows.Field], line: Int) {
      guard fields.count == width else {
        return builder.skipRecord("line \(line)", "\(fields.count) fields where the header has \(width)")
      }
      let picture = fields[places[0]].text
      guard !picture.isEmpty else { return builder.skipRecord("line \(line)", "no ImageID") }
      var numbers: [Double] = []
      for column in 2..<6 {
        let field = fields[places[column]]
        guard let number = DecimalNumber.parse(field.bytes) else {
          return builder.skipRecord(
            Self.file(picture), "line \(line): '\(field.text)' in column \(columns[column]) is no number")
        }
        numbers.append(number)
      }
      builder.add(
        SIMD4(numbers[0], numbers[2], numbers[1], numbers[3]), of: index(of: picture),
        label: builder.label(fields[places[1]].text),
        isGroup: groupPlace.map { DecimalNumber.parse(fields[$0].bytes) == 1 } ?? false)
    }

    /// Rows of one picture mostly follow one another.
    private mutating func index(of picture: String) -> Int {
      if last.name == picture { return last.index }
      let index = pictures[picture] ?? builder.add(BoxTable.Picture(file: Self.file(picture)))
      pictures[picture] = index
      last = (picture, index)
      return index
    }

    private static func file(_ picture: String) -> String {
      let name = picture.lowercased()
      return endings.contains { name.hasSuffix($0) } ? picture : picture + ".jpg"
    }

    private static let endings = [
      ".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".gif", ".avif", ".heic",
    ]
  }
}

package import Foundation
import Foundations

/// COCO's object instances: one JSON object with `images`, `annotations` and `categories`; a box is x, y, width and
/// height in pixels. Source: cocodataset.org/#format-data
///
/// The file, of hundreds of megabytes, is mapped and taken apart in place; outlines are passed over. A record that cannot
/// be understood is left out, named and counted; ids are whole numbers or strings.
package enum COCOInstances {
  /// Reads the file.
  /// - Throws: `AnnotationError` with the byte where the file is no JSON, or another one; what reading the file meets.
  package static func read(_ file: URL, _ use: BoxUse) throws -> BoxTable {
    let name = file.lastPathComponent
    let data = try mappedAnnotations(file)
    return try data.withUnsafeBytes { bytes in
      do {
        var reader = Reader(JSONPieces(bytes), use)
        return try reader.table()
      } catch let fault as JSONPieces.Fault {
        throw AnnotationError(name, at: "byte \(fault.position)", fault.message)
      }
    }
  }

  /// What distinguishes records.
  private enum Identifier: Hashable {
    case number(Int)
    case text(String)
  }

  private struct Reader {
    let pieces: JSONPieces
    var builder: BoxTableBuilder
    private var pictures: [Identifier: Int] = [:]
    /// Pictures whose records cannot be used: that is said, and not once more for each of their boxes.
    private var leftOut: Set<Identifier> = []
    private var categories: [Identifier: Int32] = [:]

    init(_ pieces: JSONPieces, _ use: BoxUse) {
      self.pieces = pieces
      builder = BoxTableBuilder(use)
    }

    mutating func table() throws -> BoxTable {
      let root = try pieces.root()
      var parts: [String: Range<Int>] = [:]
      try pieces.members(of: root) { parts[String(decoding: $0, as: UTF8.self)] = $1 }
      let part = { (name: String) throws(JSONPieces.Fault) -> Range<Int> in
        guard let range = parts[name] else {
          throw JSONPieces.Fault(
            message: "there is no \"\(name)\"; COCO's instance files have it", position: root.lowerBound)
        }
        return range
      }
      // Annotations refer to the other two, which may come later in the file.
      try records(of: part("images")) { reader, record in try reader.addPicture(record) }
      try records(of: part("categories")) { reader, record in try reader.addCategory(record) }
      try records(of: part("annotations")) { reader, record in try reader.addBox(record) }
      return BoxTable(builder)
    }

    /// Reads each record; what is wrong with one leaves out that one.
    private mutating func records(
      of array: Range<Int>, _ add: (inout Reader, Range<Int>) throws -> Void
    ) throws {
      try pieces.elements(of: array) { record in
        try Task.checkCancellation()
        do {
          try add(&self, record)
        } catch let fault as JSONPieces.Fault {
          builder.skipRecord("byte \(record.lowerBound)", fault.message)
        }
      }
    }

    private mutating func addPicture(_ record: Range<Int>) throws {
      let found = try values(of: record, ["id"], optional: ["file_name", "width", "height"])
      let id = try identifier(found[0])
      guard pictures[id] == nil else {
        throw JSONPieces.Fault(message: "it has another picture's id", position: record.lowerBound)
      }
      leftOut.insert(id)
      guard let file = try? pieces.string(found[1]), !file.isEmpty else {
        throw JSONPieces.Fault(message: "a picture without a \"file_name\"", position: record.lowerBound)
      }
      guard let width = try? pieces.integer(found[2]), let height = try? pieces.integer(found[3]), width > 0,
        height > 0
      else {
        return builder.skipRecord(file, "\"width\" and \"height\" are no size in pixels")
      }
      leftOut.remove(id)
      pictures[id] = builder.add(BoxTable.Picture(file: file, size: PixelSize(width, height)))
    }

    private mutating func addCategory(_ record: Range<Int>) throws {
      let found = try values(of: record, ["id", "name"])
      categories[try identifier(found[0])] = builder.label(try pieces.string(found[1]))
    }

    private mutating func addBox(_ record: Range<Int>) throws {
      let found = try values(of: record, ["image_id", "category_id", "bbox"], optional: ["iscrowd"])
      let id = try identifier(found[0])
      guard let picture = pictures[id] else {
        if leftOut.contains(id) { return }
        throw JSONPieces.Fault(message: "no picture has its image_id", position: record.lowerBound)
      }
      let isGroup = try !found[3].isEmpty && isTrue(found[3])
      guard let label = categories[try identifier(found[1])] else {
        return builder.skipRecord(builder.pictures[picture].file, "no category has its box's category_id")
      }
      guard let edges = try? edges(found[2]), let size = builder.pictures[picture].size else {
        return builder.skipRecord(builder.pictures[picture].file, "a box that is not four numbers")
      }
      let (width, height) = (Double(size.width), Double(size.height))
      builder.add(
        edges / SIMD4(width, height, width, height), of: picture, label: label, isGroup: isGroup)
    }

    /// Left, top, right and bottom in pixels.
    private func edges(_ box: Range<Int>) throws -> SIMD4<Double> {
      var numbers: [Double] = []
      try pieces.elements(of: box) { numbers.append(try pieces.number($0)) }
      guard numbers.count == 4 else {
        throw JSONPieces.Fault(message: "a box has four numbers", position: box.lowerBound)
      }
      return SIMD4(numbers[0], numbers[1], numbers[0] + numbers[2], numbers[1] + numbers[3])
    }

    /// `1` or `true`.
    private func isTrue(_ value: Range<Int>) throws -> Bool {
      switch String(decoding: pieces.bytes[value], as: UTF8.self) {
      case "true": true
      case "false", "null": false
      default: try pieces.number(value) != 0
      }
    }

    /// A whole number, or a string; a string of digits is the number.
    private func identifier(_ value: Range<Int>) throws -> Identifier {
      guard pieces.bytes[value].first == UInt8(ascii: "\"") else { return .number(try pieces.integer(value)) }
      let text = try pieces.string(value)
      return Int(text).map(Identifier.number) ?? .text(text)
    }

    /// The values of these members, in this order; an optional one that is missing is empty.
    private func values(
      of object: Range<Int>, _ names: [StaticString], optional: [StaticString] = []
    ) throws -> [Range<Int>] {
      let all = names + optional
      var found = [Range<Int>?](repeating: nil, count: all.count)
      try pieces.members(of: object) { name, value in
        for (index, wanted) in all.enumerated() where name.count == wanted.utf8CodeUnitCount {
          let bytes = UnsafeRawBufferPointer(start: wanted.utf8Start, count: wanted.utf8CodeUnitCount)
          if name.elementsEqual(bytes) { found[index] = value }
        }
      }
      return try zip(all.indices, found).map { index, range in
        guard let range = range ?? (index < names.count ? nil : 0..<0) else {
          throw JSONPieces.Fault(message: "\"\(all[index])\" is missing", position: object.lowerBound)
        }
        return range
      }
    }
  }
}

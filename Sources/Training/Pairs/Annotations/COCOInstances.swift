public import Foundation
import Foundations

/// COCO's object instances: one JSON object with `images`, `annotations` and `categories`; a box is x, y, width and
/// height in pixels. Source: cocodataset.org/#format-data
///
/// The file, of hundreds of megabytes, is mapped and taken apart in place; outlines are passed over.
public enum COCOInstances {
  /// Reads the file.
  /// - Parameter area: shares of the picture's area that a usable box covers.
  /// - Throws: `AnnotationError` with the byte; what reading the file meets.
  public static func read(_ file: URL, area: ClosedRange<Double>) throws -> BoxTable {
    let name = file.lastPathComponent
    let data = try mappedAnnotations(file)
    return try data.withUnsafeBytes { bytes in
      do {
        var reader = Reader(JSONPieces(bytes), area: area)
        return try reader.table()
      } catch let fault as JSONPieces.Fault {
        throw AnnotationError(name, at: "byte \(fault.position)", fault.message)
      }
    }
  }

  private struct Reader {
    let pieces: JSONPieces
    var builder: BoxTableBuilder
    private var pictures: [Int: Int] = [:]
    private var categories: [Int: Int32] = [:]

    init(_ pieces: JSONPieces, area: ClosedRange<Double>) {
      self.pieces = pieces
      builder = BoxTableBuilder(area: area)
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
      try pieces.elements(of: part("images")) { try addPicture($0) }
      try pieces.elements(of: part("categories")) { try addCategory($0) }
      try pieces.elements(of: part("annotations")) { try addBox($0) }
      return BoxTable(builder)
    }

    private mutating func addPicture(_ object: Range<Int>) throws {
      let found = try values(of: object, ["id", "file_name", "width", "height"])
      let size = PixelSize(try pieces.integer(found[2]), try pieces.integer(found[3]))
      guard size.width > 0, size.height > 0 else {
        throw JSONPieces.Fault(message: "a picture of \(size) pixels", position: object.lowerBound)
      }
      let file = try pieces.string(found[1])
      let index = builder.add(BoxTable.Picture(file: file, size: size))
      guard pictures.updateValue(index, forKey: try pieces.integer(found[0])) == nil else {
        throw JSONPieces.Fault(message: "a second picture of this id", position: found[0].lowerBound)
      }
    }

    private mutating func addCategory(_ object: Range<Int>) throws {
      let found = try values(of: object, ["id", "name"])
      categories[try pieces.integer(found[0])] = builder.label(try pieces.string(found[1]))
    }

    private mutating func addBox(_ object: Range<Int>) throws {
      try Task.checkCancellation()
      let found = try values(of: object, ["image_id", "category_id", "bbox"])
      guard let picture = pictures[try pieces.integer(found[0])] else {
        throw JSONPieces.Fault(message: "no picture has this id", position: found[0].lowerBound)
      }
      guard let label = categories[try pieces.integer(found[1])] else {
        throw JSONPieces.Fault(message: "no category has this id", position: found[1].lowerBound)
      }
      var numbers: [Double] = []
      try pieces.elements(of: found[2]) { numbers.append(try pieces.number($0)) }
      guard numbers.count == 4, let size = builder.pictures[picture].size else {
        throw JSONPieces.Fault(message: "a box has four numbers", position: found[2].lowerBound)
      }
      let (width, height) = (Double(size.width), Double(size.height))
      let edges = SIMD4(numbers[0], numbers[1], numbers[0] + numbers[2], numbers[1] + numbers[3])
      builder.add(edges / SIMD4(width, height, width, height), of: picture, label: label)
    }

    /// The values of these members, in this order.
    private func values(of object: Range<Int>, _ names: [StaticString]) throws -> [Range<Int>] {
      var found = [Range<Int>?](repeating: nil, count: names.count)
      try pieces.members(of: object) { name, value in
        for (index, wanted) in names.enumerated() where name.count == wanted.utf8CodeUnitCount {
          let bytes = UnsafeRawBufferPointer(start: wanted.utf8Start, count: wanted.utf8CodeUnitCount)
          if name.elementsEqual(bytes) { found[index] = value }
        }
      }
      return try zip(names, found).map { name, range in
        guard let range else {
          throw JSONPieces.Fault(message: "\"\(name)\" is missing here", position: object.lowerBound)
        }
        return range
      }
    }
  }
}

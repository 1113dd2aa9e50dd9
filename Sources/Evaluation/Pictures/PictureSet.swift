import Experiments
package import Foundation
import Foundations

/// Pictures that a measure is taken of.
package struct PictureSet: Sendable {
  /// A picture of the set.
  package struct Picture: Sendable, Hashable {
    /// What it is called: its path from the folder.
    package var name: String
    /// Where it lies.
    package var file: URL
    /// What it has in common with the pictures that differ from it in chance alone, such as those of other seeds.
    package var group: String
    /// Of a batch, which record it is of.
    fileprivate var row: Int?
  }

  /// What could have been a picture, and why it is none.
  package struct Skipped: Sendable, Hashable {
    /// What it is called.
    package var name: String
    /// In words.
    package var reason: String
  }

  /// The folder.
  package let folder: URL
  /// The pictures, in the order of their names or rows.
  package private(set) var pictures: [Picture]
  /// What is known to be none before anything is read: rows that failed, for one.
  package private(set) var skipped: [Skipped] = []

  /// Of a batch, its records.
  private var records: [RowRecord] = []

  /// What a batch says of a picture; nil for one of another folder.
  func record(of picture: Picture) -> (RowRecord, ResultsFolder)? {
    picture.row.map { (records[$0], ResultsFolder(folder)) }
  }

  /// Parts of a batch's pictures, each of those that have equal values by these names, in the order of their first rows.
  ///
  /// - Parameter names: of axes, columns or braces.
  /// - Throws: ``EvaluationFault`` for a name that pictures have no value by, and for what is no batch.
  package func parts(by names: [String]) throws(EvaluationFault) -> [(values: [String], set: PictureSet)] {
    var parts: [(values: [String], set: PictureSet)] = []
    for picture in pictures {
      guard let record = record(of: picture)?.0 else {
        throw EvaluationFault(
          "\(folder.path(percentEncoded: false)): only a batch's results have values to part them by")
      }
      var values: [String] = []
      for name in names {
        guard let value = record.values[name] else {
          let known = record.values.keys.sorted()
          let nearest = nearestName(to: name, among: known).map { "; did you mean '\($0)'?" } ?? ""
          throw EvaluationFault(
            "results have no value by the name '\(name)', but by \(known.joined(separator: ", "))\(nearest)")
        }
        values.append(value)
      }
      let place = parts.firstIndex { $0.values == values } ?? parts.count
      if place == parts.count {
        var part = self
        part.pictures = []
        part.skipped = []
        parts.append((values, part))
      }
      parts[place].set.pictures.append(picture)
    }
    return parts
  }

  /// Endings by which a folder's pictures are known.
  package static let endings = ["bmp", "jpeg", "jpg", "pgm", "png", "ppm", "tif", "tiff", "webp"]

  /// The pictures of a folder: of a batch's results those of one output, of another folder all that it and the folders in
  /// it have, known by their endings.
  ///
  /// - Parameters:
  ///   - output: of a batch, the output whose pictures are meant; nil where there is only one.
  ///   - chance: of a batch, what makes no other group: the name of the axis or column of seeds.
  /// - Throws: ``EvaluationFault`` where there are no pictures, or it is unclear which are meant.
  package init(_ folder: URL, output: String? = nil, chance: String = "seed") throws(EvaluationFault) {
    let folder = folder.standardizedFileURL
    self.folder = folder
    let results = ResultsFolder(folder)
    if results.recordFiles.isEmpty {
      pictures = try Self.pictures(below: folder)
    } else {
      records = results.latest()
      (pictures, skipped) = try Self.pictures(of: records, in: folder, output: output, chance: chance)
    }
    guard !pictures.isEmpty else {
      throw EvaluationFault(
        "\(folder.path(percentEncoded: false)): no picture is in it (\(Self.endings.joined(separator: ", ")))"
      )
    }
  }

  private static func pictures(below folder: URL) throws(EvaluationFault) -> [Picture] {
    let path = folder.path(percentEncoded: false)
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue,
      let names = FileManager.default.enumerator(atPath: path)
    else {
      throw EvaluationFault("\(path): no such folder")
    }
    var found: [Picture] = []
    for case let name as String in names where isPicture(name) {
      let isHidden = name.split(separator: "/").contains { $0.hasPrefix(".") }
      if !isHidden { found.append(Picture(name: name, file: folder.appending(path: name), group: "")) }
    }
    return found.sorted { $0.name < $1.name }
  }

  private static func isPicture(_ name: String) -> Bool {
    endings.contains { name.lowercased().hasSuffix(".\($0)") }
  }

  private static func pictures(
    of rows: [RowRecord], in folder: URL, output: String?, chance: String
  ) throws(EvaluationFault) -> ([Picture], [Skipped]) {
    let outputs = Set(rows.flatMap { row in row.files.filter { isPicture($0.value.path) }.keys }).sorted()
    guard let wanted = output ?? (outputs.count == 1 ? outputs[0] : nil) else {
      throw EvaluationFault(
        "the results have \(outputs.count) outputs of pictures, \(outputs.joined(separator: ", ")): name one with --output"
      )
    }
    guard outputs.contains(wanted) else {
      let nearest = nearestName(to: wanted, among: outputs).map { "; did you mean '\($0)'?" } ?? ""
      throw EvaluationFault("no result has an output '\(wanted)' that is a picture\(nearest)")
    }
    var (pictures, skipped): ([Picture], [Skipped]) = ([], [])
    for (index, row) in rows.enumerated() {
      if let error = row.error {
        skipped.append(Skipped(name: row.name, reason: "its row failed: \(error)"))
      } else if let file = row.files[wanted] {
        let others = row.values.filter { $0.key != chance }.sorted { $0.key < $1.key }
        pictures.append(
          Picture(
            name: file.path, file: file.url(in: folder),
            group: others.map { "\($0.key)=\($0.value)" }.joined(separator: ", "), row: index))
      } else {
        skipped.append(Skipped(name: row.name, reason: "its row has no output '\(wanted)'"))
      }
    }
    return (pictures, skipped)
  }
}

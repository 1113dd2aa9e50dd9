import Experiments
import Foundation
import Foundations

/// A file of answers as the page writes them: CSV, or an array of objects in JSON.
struct AnswerFile: Sendable {
  /// Its path as it was named.
  let name: String
  let rows: [AnswerRow]

  /// - Throws: ``StudyFault`` for what cannot be read at all.
  init(_ name: String) throws {
    self.name = name
    let file = URL(filePath: name).absoluteURL
    switch file.pathExtension.lowercased() {
    case "csv": rows = try Self.table(file, name)
    case "json": rows = try Self.objects(file, name)
    default: throw StudyFault("\(name) is no file of answers: those end in .csv or .json")
    }
    guard !rows.isEmpty else { throw StudyFault("\(name) holds no answers") }
  }

  private static func table(_ file: URL, _ name: String) throws -> [AnswerRow] {
    do {
      var reader = try RowTable(file, named: name).reader()
      let missing = AnswerRow.Column.allCases.map(\.rawValue).filter { !reader.columns.contains($0) }
      guard missing.isEmpty else {
        throw StudyFault(
          "\(name):1: there is no column \(missing.listed()); answers are saved by the study's page, with commas "
            + "between columns")
      }
      var rows: [AnswerRow] = []
      while let line = try reader.next() {
        let fields = line.cells.map { ($0.name, $0.text) }
        rows.append(
          AnswerRow(file: name, place: .line(line.number), fields: Dictionary(uniqueKeysWithValues: fields)))
      }
      return rows
    } catch let fault as RowTable.Fault {
      throw StudyFault("\(fault)")
    }
  }

  private static func objects(_ file: URL, _ name: String) throws -> [AnswerRow] {
    guard let data = try? Data(contentsOf: file) else {
      throw StudyFault("\(name) cannot be read: no such file, or no permission")
    }
    do {
      let document = try JSONParser.parse(data, file: name)
      guard let rows = document.root.array else { throw StudyFault("\(name):1: this is no array of answers") }
      return try rows.enumerated().map { index, row in
        let place = AnswerRow.Place.element(document, index)
        guard let members = row.object else {
          throw StudyFault(AnswerRow(file: name, place: place, fields: [:]).fault("this is no object"))
        }
        let fields = members.filter { $0.value != .null }.map { ($0, Assignment($0, $1).text) }
        return AnswerRow(file: name, place: place, fields: Dictionary(uniqueKeysWithValues: fields))
      }
    } catch let invalid as InvalidDocument {
      throw StudyFault(
        invalid.diagnostics.map { "\(name):\($0.location?.line ?? 1): \($0.message)" }.joined(separator: "\n")
      )
    }
  }
}

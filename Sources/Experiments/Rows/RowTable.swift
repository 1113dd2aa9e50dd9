public import Foundation
import Foundations
import PipelineKit

/// A table of rows: CSV with a line of names, or an object a line. Read from the disk as it is walked, so that a million
/// rows take no more memory than one.
public struct RowTable: Sendable, Hashable {
  /// The file.
  public let file: URL
  /// As it was named.
  public let name: String

  /// A table.
  public init(_ file: URL, named name: String) {
    (self.file, self.name) = (file, name)
  }

  /// A row of the table, and its line.
  package struct Line {
    /// From 1; of a row of several lines the last.
    package var number: Int
    /// What is not empty.
    package var cells: [Assignment]
  }

  /// A line that cannot be understood.
  package struct Fault: Error, CustomStringConvertible {
    /// In words, with file and line.
    package var description: String
  }

  /// Walks the rows from the first.
  ///
  /// - Throws: ``Fault``.
  package func reader() throws -> Reader {
    do {
      let data = try Data(ofFile: file, options: .alwaysMapped)
      return try Reader(
        data, name: name, isCSV: ["csv", "tsv"].contains(file.pathExtension.lowercased()),
        separator: file.pathExtension.lowercased() == "tsv" ? UInt8(ascii: "\t") : UInt8(ascii: ","))
    } catch let fault as Fault {
      throw fault
    } catch {
      throw Fault(description: "the table '\(name)' cannot be read: \(Self.reason(for: error))")
    }
  }

  /// Why a file was not read.
  static func reason(for error: any Error) -> String {
    ((error as? FileError) ?? FileError(error))?.reason.description ?? error.localizedDescription
  }

  /// A walk through the rows.
  package struct Reader {
    private let data: Data
    private let name: String
    private let isCSV: Bool
    private let separator: UInt8
    private var offset = 0
    private var line = 0
    /// The names of a CSV's columns.
    package private(set) var columns: [String] = []
    /// What rows can be called by: the columns, or the members of the first object.
    package private(set) var names: [String] = []

    fileprivate init(_ data: Data, name: String, isCSV: Bool, separator: UInt8) throws {
      (self.data, self.name, self.isCSV, self.separator) = (data, name, isCSV, separator)
      if data.starts(with: [0xEF, 0xBB, 0xBF]) { offset = 3 }
      guard !data.starts(with: [0xFF, 0xFE]), !data.starts(with: [0xFE, 0xFF]) else {
        throw Fault(description: "the table '\(name)' is in UTF-16; save it as UTF-8")
      }
      guard isCSV else {
        // What is wrong with the line is said where it is read in its turn.
        var first = self
        names = (try? first.nextObject())?.cells.map(\.name) ?? []
        return
      }
      columns = try record()?.map { $0.trimmingCharacters(in: .whitespaces) } ?? []
      guard !columns.isEmpty, !columns.contains("") else {
        throw Fault(description: "\(name):1: the first line has to name the columns")
      }
      if let twice = Dictionary(grouping: columns, by: { $0 }).first(where: { $0.value.count > 1 })?.key {
        throw Fault(description: "\(name):1: two columns are named '\(twice)'")
      }
      if columns.count == 1, let other = columns[0].first(where: { ";\t".contains($0) }) {
        throw Fault(
          description: "\(name):1: values are separated by \(other == ";" ? "semicolons" : "tabs"), and "
            + (separator == UInt8(ascii: ",") ? "commas are expected" : "tabs are expected"))
      }
      names = columns
    }

    /// The next row; nil at the end. Empty lines are passed over.
    ///
    /// - Throws: ``Fault``.
    package mutating func next() throws -> Line? {
      isCSV ? try nextCSV() : try nextObject()
    }

    private mutating func nextCSV() throws -> Line? {
      while let fields = try record() {
        if fields == [""] { continue }
        guard fields.count == columns.count else {
          throw Fault(
            description:
              "\(name):\(line): \(fields.count) values, and the first line names \(columns.count) columns")
        }
        // An empty cell leaves its default.
        let cells = zip(columns, fields).filter { !$1.isEmpty }.map {
          Assignment($0, .string($1), isText: true)
        }
        return Line(number: line, cells: cells)
      }
      return nil
    }

    private mutating func nextObject() throws -> Line? {
      while offset < data.count {
        let end =
          data[data.startIndex + offset..<data.endIndex].firstIndex(of: UInt8(ascii: "\n")) ?? data.endIndex
        let bytes = data[data.startIndex + offset..<end]
        offset = end - data.startIndex + 1
        line += 1
        let text = try Self.text(bytes, name, line).trimmingCharacters(in: .whitespacesAndNewlines)
        if text.isEmpty { continue }
        guard let members = (try? JSONValue(parsing: text))?.object else {
          throw Fault(description: "\(name):\(line): this line is no JSON object")
        }
        let cells = members.filter { $0.value != .null }.sorted { $0.key < $1.key }
        return Line(number: line, cells: cells.map { Assignment($0.key, $0.value) })
      }
      return nil
    }

    /// The fields of the next record of a CSV, by RFC 4180; nil at the end.
    private mutating func record() throws -> [String]? {
      guard offset < data.count else { return nil }
      line += 1
      let first = line
      var fields: [[UInt8]] = []
      var field: [UInt8] = []
      var isQuoted = false
      while offset < data.count {
        let byte = data[data.startIndex + offset]
        offset += 1
        if isQuoted {
          if byte != UInt8(ascii: "\"") {
            if byte == UInt8(ascii: "\n") { line += 1 }
            field.append(byte)
          } else if offset < data.count, data[data.startIndex + offset] == UInt8(ascii: "\"") {
            field.append(byte)
            offset += 1
          } else {
            isQuoted = false
          }
        } else if byte == UInt8(ascii: "\""), field.isEmpty {
          isQuoted = true
        } else if byte == separator {
          fields.append(field)
          field = []
        } else if byte == UInt8(ascii: "\n") {
          break
        } else if byte != UInt8(ascii: "\r") {
          field.append(byte)
        }
      }
      guard !isQuoted else { throw Fault(description: "\(name):\(first): a quote is not closed") }
      return try (fields + [field]).map { try Self.text($0, name, first) }
    }

    /// Bytes that are no text would become names of files that are not there, and prompts that nobody wrote.
    private static func text(_ bytes: some Collection<UInt8>, _ name: String, _ line: Int) throws -> String {
      guard let text = String(validating: bytes, as: UTF8.self) else {
        throw Fault(description: "\(name):\(line): this line is not in UTF-8")
      }
      return text
    }
  }
}

public import Foundation
import Foundations
public import PipelineKit

/// What the caller adds on the command line. Relative paths there start from the caller's folder.
extension Experiment {
  /// Gives all rows a value.
  ///
  /// - Throws: ``InvalidDocument`` for a name that the pipeline does not have.
  public mutating func fix(_ name: String, text: String, option: String, from folder: URL)
    throws(InvalidDocument)
  {
    fixed.append(try assignment(name, text, option: option, from: folder))
  }

  /// Crosses all rows with the values of one thing: `1,3,5`, or a range, `1..4` or `0..1:0.25`.
  ///
  /// - Throws: ``InvalidDocument``.
  public mutating func cross(_ name: String, values: String, from folder: URL) throws(InvalidDocument) {
    let option = "--axis \(name)=\(values)"
    var texts = values.split(separator: ",", omittingEmptySubsequences: true).map(String.init)
    if values.contains("..") && !values.contains("/") {
      guard let numbers = AxisRange(values)?.values else {
        throw Self.fault("\(option): '\(values)' is no range", expected: "1..4, or 0..1:0.25 with a step")
      }
      texts = numbers.map { String(decoding: JSONWriter.canonical(.number($0)), as: UTF8.self) }
    }
    guard !texts.isEmpty else {
      throw Self.fault("\(option): the axis has no values", expected: "\(name)=1,3,5")
    }
    guard Set(texts).count == texts.count else {
      throw Self.fault("\(option): a value stands twice", expected: nil)
    }
    guard !axes.contains(where: { $0.names.contains(name) }) else {
      throw Self.fault("\(option): the axis '\(name)' is there already", expected: nil)
    }
    var places: [[Assignment]] = []
    for text in texts { places.append([try assignment(name, text, option: option, from: folder)]) }
    axes.append(Axis(places))
  }

  /// Zips axes that were crossed.
  ///
  /// - Throws: ``InvalidDocument``.
  public mutating func zip(_ names: [String]) throws(InvalidDocument) {
    let option = "--zip \(names.joined(separator: ","))"
    let chosen = names.map { name in axes.first { $0.names == [name] } }
    guard names.count >= 2, Set(names).count == names.count, !chosen.contains(where: { $0 == nil }) else {
      throw Self.fault("\(option): not all of these are axes of their own", expected: "the names of axes")
    }
    let columns = chosen.compactMap { $0?.places }
    guard let count = columns.first?.count, columns.allSatisfy({ $0.count == count }) else {
      throw Self.fault("\(option): the axes have different lengths", expected: nil)
    }
    axes.removeAll { axis in axis.names.count == 1 && names.contains(axis.names[0]) }
    axes.append(Axis((0..<count).map { row in columns.flatMap { $0[row] } }))
  }

  /// Takes rows from files: `--each scene='in/{id}.png'`, in place of the pattern that the document has for it.
  ///
  /// - Throws: ``InvalidDocument``.
  public mutating func each(_ name: String, pattern: String, from folder: URL) throws(InvalidDocument) {
    let option = "--each \(name)=\(pattern)"
    _ = try target(name, option: option)
    do {
      let path = absolute(pattern, from: folder)
      let pattern = try FilePattern(path, sets: name)
      switch source {
      case .one: source = .files([pattern])
      case .files(let others): source = .files(others.filter { $0.name != name } + [pattern])
      case .table: throw Self.fault("\(option): rows come from a table already", expected: nil)
      }
    } catch let fault as FilePattern.Fault {
      throw Self.fault("\(option): \(fault.message)", expected: "a pattern: 'in/{id}.png'")
    } catch let invalid as InvalidDocument {
      throw invalid
    } catch {
      throw Self.fault("\(option): \(error)", expected: nil)
    }
  }

  /// Makes a number of a report a column: `--measure change=change.outside.changed`.
  ///
  /// - Throws: ``InvalidDocument``.
  public mutating func measure(_ column: String, _ text: String) throws(InvalidDocument) {
    let option = "--measure \(column)=\(text)"
    guard let measure = Measure(text) else {
      throw Self.fault("\(option): '\(text)' names no member of a report", expected: "column=output.member")
    }
    if let unknown = Target.unknown(output: measure.output, of: pipeline, then: measure.path) {
      throw InvalidDocument([unknown.diagnostic(at: .root, option: option)])
    }
    measures[column] = measure
  }

  private func assignment(_ name: String, _ text: String, option: String, from folder: URL)
    throws(InvalidDocument) -> Assignment
  {
    let target = try target(name, option: option)
    let isFile = target.isPath(in: pipeline) && text.contains("/")
    return Assignment(
      name, .string(isFile ? absolute(text, from: folder) : relative(text, target, from: folder)),
      isText: true)
  }

  /// A bare file name beside the caller; a model goes by a bare name, too, and stays one.
  private func relative(_ text: String, _ target: Target, from folder: URL) -> String {
    guard target.isPath(in: pipeline), text != "-" else { return text }
    let url = folder.appending(path: text)
    return FileManager.default.fileExists(atPath: url.path) ? absolute(text, from: folder) : text
  }

  private func absolute(_ text: String, from folder: URL) -> String {
    guard folder.standardizedFileURL != self.folder.standardizedFileURL, !text.hasPrefix("/") else {
      return text
    }
    return folder.path(percentEncoded: false) + (folder.path(percentEncoded: false).hasSuffix("/") ? "" : "/")
      + text
  }

  private func target(_ name: String, option: String) throws(InvalidDocument) -> Target {
    do {
      return try Target(name, of: pipeline)
    } catch {
      throw InvalidDocument([error.diagnostic(at: .root, option: option)])
    }
  }

  private static func fault(_ message: String, expected: String?) -> InvalidDocument {
    InvalidDocument([Diagnostic(message, at: .root, expected: expected)])
  }
}

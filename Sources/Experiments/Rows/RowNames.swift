import Foundation
import PipelineKit

/// What the results of rows are called.
struct RowNames {
  private let pieces: [Piece]
  private let files: Set<String>

  private enum Piece {
    case text(String)
    case value(String)
    case number
  }

  /// Whether rows may be told apart by their numbers alone.
  var isNumbered: Bool {
    pieces.contains { piece in
      if case .number = piece { true } else { false }
    }
  }

  /// A template that is none.
  struct Fault: Error, Sendable {
    var message: String
    var expected: String?
    var suggestion: String?
  }

  /// - Parameters:
  ///   - template: `{scene}-{guidance}`, `{row}` is the row's number; nil puts what varies together.
  ///   - varying: the names that vary from row to row.
  ///   - files: those whose values are files.
  init(_ template: String?, varying: [String], files: Set<String> = []) throws(Fault) {
    self.files = files
    guard let template else {
      pieces =
        varying.isEmpty
        ? [.text("result")] : varying.flatMap { [.text("-"), .value($0)] }.dropFirst().map { $0 }
      return
    }
    var pieces: [Piece] = []
    var rest = template[...]
    while let brace = rest.firstIndex(where: { $0 == "{" || $0 == "}" }) {
      pieces.append(.text(String(rest[..<brace])))
      let next = rest.index(after: brace)
      guard rest[brace] == "{", let end = rest[next...].firstIndex(of: "}") else {
        throw Fault(message: "a brace stands alone in '\(template)'", expected: "{name}")
      }
      let name = String(rest[next..<end])
      guard name == "row" || varying.contains(name) else {
        throw Fault(
          message: "nothing called '\(name)' varies from row to row",
          expected: "one of " + (varying + ["row"]).joined(separator: ", "),
          suggestion: nearestName(to: name, among: varying + ["row"]))
      }
      pieces.append(name == "row" ? .number : .value(name))
      rest = rest[rest.index(after: end)...]
    }
    self.pieces = pieces + [.text(String(rest))]
  }

  /// What a row is called: safe as the path of a folder below another.
  func name(of row: Row) -> String {
    let name = pieces.map { piece in
      switch piece {
      case .text(let text): text
      case .value(let name): Self.safe(row.varying[name] ?? "", isFile: files.contains(name))
      case .number: String(repeating: "0", count: max(0, 6 - "\(row.index)".count)) + "\(row.index)"
      }
    }.joined()
    let parts = name.split(separator: "/").map { part in
      part.allSatisfy { $0 == "." } || part.isEmpty ? "_" : String(part)
    }
    return parts.isEmpty ? "_" : parts.joined(separator: "/")
  }

  private static let plain = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.".utf8)

  /// A value without what leads elsewhere or cannot be typed: of a path, the file's name without its ending.
  private static func safe(_ value: String, isFile: Bool) -> String {
    var text = value
    if isFile || value.contains("/") { text = URL(filePath: value).deletingPathExtension().lastPathComponent }
    // Nearly all values, and much faster.
    if text.utf8.allSatisfy(Self.plain.contains) { return text }
    let characters = text.map { character -> Character in
      let isPlain = character.unicodeScalars.allSatisfy {
        !$0.properties.isDefaultIgnorableCodePoint && $0.properties.generalCategory != .control
      }
      return isPlain && !"/\\:*?\"<>|".contains(character) ? character : "_"
    }
    return String(characters)
  }
}

import Foundation
import PipelineKit

/// A path with parts in braces, which stand for any text within a name: `masks/{id}_mask.png`. `*` stands for any text
/// that is not needed again.
public struct FilePattern: Sendable, Hashable {
  /// What the files found are given to.
  public let name: String
  /// As it was written.
  public let text: String
  private let pieces: [Piece]

  private enum Piece: Sendable, Hashable {
    case text(String)
    case capture(String)
    case any
  }

  /// Why a text is no pattern.
  public struct Fault: Error { let message: String }

  /// - Parameters:
  ///   - text: the pattern.
  ///   - name: what the files found are given to: `scene`.
  public init(_ text: String, sets name: String) throws(Fault) {
    (self.text, self.name) = (text, name)
    var pieces: [Piece] = []
    var rest = text[...]
    while let index = rest.firstIndex(where: { "{}*".contains($0) }) {
      if index > rest.startIndex { pieces.append(.text(String(rest[..<index]))) }
      let next = rest.index(after: index)
      if rest[index] == "*" {
        pieces.append(.any)
        rest = rest[next...]
        continue
      }
      guard rest[index] == "{", let end = rest[next...].firstIndex(of: "}"), end > next else {
        throw Fault(message: "a brace stands alone in '\(text)'")
      }
      let capture = String(rest[next..<end])
      guard capture.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" }) else {
        throw Fault(message: "'{\(capture)}' is no name")
      }
      pieces.append(.capture(capture))
      rest = rest[rest.index(after: end)...]
    }
    if !rest.isEmpty { pieces.append(.text(String(rest))) }
    self.pieces = pieces
  }

  /// The names in braces.
  public var captures: Set<String> {
    Set(pieces.compactMap { if case .capture(let name) = $0 { name } else { nil } })
  }

  /// The files that fit, by their paths from the folder, in order, with what the braces stand for.
  func files(in folder: URL) -> [(path: String, captured: [String: String])] {
    let parts = text.split(separator: "/", omittingEmptySubsequences: true).map(String.init)
    var found = [text.hasPrefix("/") ? "/" : ""]
    for (index, part) in parts.enumerated() {
      let isLast = index == parts.count - 1
      found = found.flatMap { parent -> [String] in
        if !part.contains(where: { "{*".contains($0) }) { return [parent + part + (isLast ? "" : "/")] }
        let place = parent.isEmpty ? folder : URL(filePath: parent, relativeTo: folder)
        let names =
          (try? FileManager.default.contentsOfDirectory(atPath: place.path(percentEncoded: false))) ?? []
        let fitting = (try? FilePattern(part, sets: "")).flatMap { Self.expression(of: $0.pieces) }
        return names.filter { !$0.hasPrefix(".") && (try? fitting?.wholeMatch(in: $0)) != nil }
          .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.map { parent + $0 + (isLast ? "" : "/") }
      }
    }
    guard let expression = Self.expression(of: pieces) else { return [] }
    return found.compactMap { path in
      guard let captured = self.captured(from: path, by: expression),
        FileManager.default.fileExists(
          atPath: URL(filePath: path, relativeTo: folder).path(percentEncoded: false))
      else { return nil }
      return (path, captured)
    }
  }

  /// What fits the pieces, a group for each brace. A brace that stands twice may stand for two texts here.
  private static func expression(of pieces: [Piece]) -> Regex<AnyRegexOutput>? {
    try? Regex(
      pieces.map { piece in
        switch piece {
        case .text(let text): NSRegularExpression.escapedPattern(for: text)
        case .capture: "([^/]+)"
        case .any: "[^/]*"
        }
      }.joined())
  }

  /// What the braces stand for in a path that fits; nil where one would stand for two texts.
  private func captured(from path: String, by expression: Regex<AnyRegexOutput>) -> [String: String]? {
    guard let match = try? expression.wholeMatch(in: path) else { return nil }
    var captured: [String: String] = [:]
    var group = 0
    for case .capture(let name) in pieces {
      group += 1
      guard let text = match.output[group].substring.map(String.init) else { return nil }
      if let other = captured.updateValue(text, forKey: name), other != text { return nil }
    }
    return captured
  }
}

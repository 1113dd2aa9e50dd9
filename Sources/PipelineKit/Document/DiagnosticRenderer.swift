import Foundation

extension InvalidDocument: CustomStringConvertible {
  /// All faults as a terminal without colours shows them.
  public var description: String { DiagnosticRenderer().render(diagnostics) }
}

/// Writes diagnostics for people: place, fault, what was expected, and the line with a caret under it.
public struct DiagnosticRenderer: Sendable {
  /// Whether ANSI colours are used.
  public var usesColour: Bool
  /// Columns; longer source lines are shown around the caret.
  public var width: Int

  /// A renderer for a terminal of that width.
  public init(usesColour: Bool = false, width: Int = 100) {
    self.usesColour = usesColour
    self.width = max(width, 40)
  }

  /// The first of them, as many as somebody reads, and how many there are.
  public func render(_ diagnostics: [Diagnostic]) -> String {
    let shown = diagnostics.count <= Self.limit ? diagnostics : Array(diagnostics.prefix(Self.limit))
    let count = diagnostics.count == 1 ? "1 fault" : "\(diagnostics.count) faults"
    let rest = diagnostics.count - shown.count
    let omitted = rest > 0 ? ", of which \(rest) are not shown" : ""
    return shown.map(render).joined(separator: "\n") + "\n\(count)\(omitted); nothing was run"
  }

  /// What is beyond this is most often the same fault again.
  static let limit = 50

  /// One of them.
  public func render(_ diagnostic: Diagnostic) -> String {
    let place = diagnostic.location.map { "\($0.file):\($0.line):\($0.column): " } ?? ""
    var lines = [bold(place.visible) + red("error: ") + bold(diagnostic.message.visible)]
    if let source = diagnostic.sourceLine, let location = diagnostic.location {
      lines += excerpt(source, from: diagnostic.sourceColumn, location)
    }
    if let expected = diagnostic.expected { lines.append("  expected \(expected.visible)") }
    if let suggestion = diagnostic.suggestion { lines.append("  did you mean '\(suggestion.visible)'?") }
    if !diagnostic.pointer.tokens.isEmpty { lines.append("  at \(diagnostic.pointer.description.visible)") }
    return lines.joined(separator: "\n")
  }

  /// The line, or the part of it around the place, and the carets.
  private func excerpt(_ source: String, from column: Int, _ location: SourceLocation) -> [String] {
    let characters = Array(source.replacing("\t", with: " ").visible)
    let place = max(0, min(location.column - column, characters.count))
    let shown = window(of: characters, around: place)
    let lead = shown.lowerBound > 0 || column > 1 ? "…" : ""
    let tail = shown.upperBound < characters.count ? "…" : ""
    let before = lead.count + columns(characters[shown.lowerBound..<place])
    let meant = characters[place..<max(place, min(place + location.length, shown.upperBound))]
    return [
      "  " + lead + String(characters[shown]) + tail,
      "  " + String(repeating: " ", count: before)
        + red(String(repeating: "^", count: max(1, columns(meant)))),
    ]
  }

  /// As many characters as the terminal has columns for, with the place in the middle if there are more.
  private func window(of characters: [Character], around place: Int) -> Range<Int> {
    let margin = 4
    if columns(characters[...]) <= width - margin { return characters.indices }
    let room = width - margin - 2
    var (low, high) = (place, place)
    var used = 0
    func fits(_ index: Int, in room: Int) -> Bool {
      guard characters.indices.contains(index), used + characters[index].columns <= room else { return false }
      used += characters[index].columns
      return true
    }
    while fits(low - 1, in: room / 2) { low -= 1 }
    while fits(high, in: room) { high += 1 }
    while fits(low - 1, in: room) { low -= 1 }
    return low..<high
  }

  private func columns(_ characters: ArraySlice<Character>) -> Int {
    characters.reduce(0) { $0 + $1.columns }
  }

  private func red(_ text: String) -> String { usesColour ? "\u{1b}[31m\(text)\u{1b}[0m" : text }
  private func bold(_ text: String) -> String {
    usesColour && !text.isEmpty ? "\u{1b}[1m\(text)\u{1b}[0m" : text
  }
}

extension String {
  /// With a dot for each character that could steer a terminal.
  fileprivate var visible: String {
    String(
      map { character in
        let category = character.unicodeScalars.first?.properties.generalCategory
        return category == .control || category == .format ? "·" : character
      })
  }
}

extension Character {
  /// How many columns a terminal gives it: two for East Asian wide characters and emoji.
  fileprivate var columns: Int {
    guard let scalar = unicodeScalars.first else { return 0 }
    switch scalar.value {
    case 0x1100...0x115f, 0x2e80...0xa4cf, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe30...0xfe6f, 0xff00...0xff60,
      0xffe0...0xffe6, 0x1f300...0x1faff, 0x20000...0x3fffd:
      return 2
    default: return 1
    }
  }
}

extension Diagnostic {
  /// The diagnostic for programs: an editor's extension, `validate --json`.
  public var json: JSONValue {
    var members: [String: JSONValue] = [
      "message": .string(message), "pointer": .string(pointer.description),
      "expected": expected.map { .string($0) } ?? .null,
      "suggestion": suggestion.map { .string($0) } ?? .null,
    ]
    if let location {
      members["file"] = .string(location.file)
      members["line"] = JSONValue(location.line)
      members["column"] = JSONValue(location.column)
      members["length"] = JSONValue(location.length)
    }
    return .object(members)
  }
}

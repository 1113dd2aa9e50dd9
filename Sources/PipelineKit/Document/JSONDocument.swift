/// A parsed JSON text that remembers where each value stood.
public struct JSONDocument: Sendable {
  /// The file's name as the user gave it.
  public let file: String
  /// The whole value.
  public let root: JSONValue
  /// The text's lines, for caret lines.
  public let lines: [Substring]
  let values: [JSONPointer: SourceLocation]
  let keys: [JSONPointer: SourceLocation]

  /// Where the value at that pointer stands, or of the nearest enclosing value that exists.
  public func location(of pointer: JSONPointer) -> SourceLocation? {
    var pointer = pointer
    while true {
      if let location = values[pointer] { return location }
      if pointer.tokens.isEmpty { return nil }
      pointer = JSONPointer(pointer.tokens.dropLast())
    }
  }

  /// Where the member's name stands.
  public func keyLocation(of pointer: JSONPointer) -> SourceLocation? { keys[pointer] }
}

import Synchronization

/// A parsed JSON text that can say where each value stands.
public final class JSONDocument: Sendable {
  /// The file's name as the user gave it.
  public let file: String
  /// The whole value.
  public let root: JSONValue
  private let bytes: [UInt8]
  /// Made when the first place is asked for: most documents have no faults.
  private let places = Mutex<JSONParser.Places?>(nil)

  init(file: String, root: JSONValue, bytes: [UInt8]) {
    self.file = file
    self.root = root
    self.bytes = bytes
  }

  /// The value at that pointer.
  public func value(at pointer: JSONPointer) -> JSONValue? {
    pointer.tokens.reduce(root as JSONValue?) { value, token in
      switch value {
      case .object(let members): members[token]
      case .array(let values): Int(token).flatMap { values.indices.contains($0) ? values[$0] : nil }
      default: nil
      }
    }
  }

  /// Where the value at that pointer stands, or the nearest value around it that exists.
  public func location(of pointer: JSONPointer) -> SourceLocation? {
    var pointer = pointer
    while true {
      if let range = range({ $0.values[pointer] }) { return text.location(of: range) }
      if pointer.tokens.isEmpty { return nil }
      pointer = JSONPointer(Array(pointer.tokens.dropLast()))
    }
  }

  /// Where the member's name stands.
  public func nameLocation(of pointer: JSONPointer) -> SourceLocation? {
    range { $0.names[pointer] }.map { text.location(of: $0) }
  }

  /// A fault of this document, with its place.
  /// - Parameter key: whether the member's name is meant rather than its value.
  public func diagnostic(
    _ message: String, at pointer: JSONPointer, key: Bool = false, expected: String? = nil,
    suggestion: String? = nil
  ) -> Diagnostic {
    let location = (key ? nameLocation(of: pointer) : nil) ?? location(of: pointer)
    return Diagnostic(
      message, at: pointer, location: location, expected: expected, suggestion: suggestion,
      sourceLine: location.map { text.line($0.line) })
  }

  private var text: SourceText { SourceText(bytes: bytes, file: file) }

  private func range(_ find: (JSONParser.Places) -> Range<Int>?) -> Range<Int>? {
    places.withLock { places in
      let known = places ?? JSONParser.places(in: bytes)
      places = known
      return find(known)
    }
  }
}

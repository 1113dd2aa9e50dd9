import Synchronization

/// A parsed JSON text that can say where each value stands.
public final class JSONDocument: Sendable {
  /// The file's name as the user gave it.
  public let file: String
  /// The whole value.
  public let root: JSONValue
  private let bytes: [UInt8]
  /// Made when the first place is asked for: most documents have no faults.
  private let index = Mutex<Index?>(nil)

  /// Where everything stands.
  private struct Index {
    var places: JSONParser.Places
    var text: SourceText
  }

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
    withIndex { index in
      var pointer = pointer
      while true {
        if let range = index.places.values[pointer] { return index.text.location(of: range) }
        if pointer.tokens.isEmpty { return nil }
        pointer = JSONPointer(Array(pointer.tokens.dropLast()))
      }
    }
  }

  /// Where the member's name stands.
  public func nameLocation(of pointer: JSONPointer) -> SourceLocation? {
    withIndex { index in index.places.names[pointer].map { index.text.location(of: $0) } }
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
      sourceLine: location.map { location in withIndex { $0.text.line(location.line) } })
  }

  private func withIndex<Result: Sendable>(_ find: (Index) -> Result) -> Result {
    index.withLock { index in
      let known =
        index ?? Index(places: JSONParser.places(in: bytes), text: SourceText(bytes: bytes, file: file))
      index = known
      return find(known)
    }
  }
}

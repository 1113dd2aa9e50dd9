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
    var finder: PlaceFinder
    let text: SourceText
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
    withIndex { index in index.text.location(of: index.finder.place(of: pointer).place.value) }
  }

  /// Where the member's name stands; nil when there is no such member.
  public func nameLocation(of pointer: JSONPointer) -> SourceLocation? {
    withIndex { index in
      let (place, isExact) = index.finder.place(of: pointer)
      return isExact ? place.name.map { index.text.location(of: $0) } : nil
    }
  }

  /// A fault of this document, with its place.
  /// - Parameter key: whether the member's name is meant rather than its value.
  public func diagnostic(
    _ message: String, at pointer: JSONPointer, key: Bool = false, expected: String? = nil,
    suggestion: String? = nil
  ) -> Diagnostic {
    withIndex { index in
      let (place, isExact) = index.finder.place(of: pointer)
      let range = key && isExact ? place.name ?? place.value : place.value
      let excerpt = index.text.excerpt(around: range.lowerBound)
      return Diagnostic(
        message, at: pointer, location: index.text.location(of: range), expected: expected,
        suggestion: suggestion, sourceLine: excerpt.text, sourceColumn: excerpt.column)
    }
  }

  private func withIndex<Result: Sendable>(_ find: (inout Index) -> Result) -> Result {
    index.withLock { index in
      var known =
        index.take() ?? Index(finder: PlaceFinder(bytes: bytes), text: SourceText(bytes: bytes, file: file))
      defer { index = known }
      return find(&known)
    }
  }
}

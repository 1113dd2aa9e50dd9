/// A place in a text file.
public struct SourceLocation: Sendable, Hashable {
  /// The file's name as the user gave it.
  public var file: String
  /// Line, from 1.
  public var line: Int
  /// Column in characters, from 1.
  public var column: Int
  /// How many characters of that line are meant.
  public var length: Int

  /// A place in a text file.
  public init(file: String, line: Int, column: Int, length: Int = 1) {
    self.file = file
    self.line = line
    self.column = column
    self.length = length
  }
}

/// One fault of a document, in words its author can act on.
public struct Diagnostic: Error, Sendable, Hashable {
  /// Where in the document's structure.
  public var pointer: JSONPointer
  /// Where in the text; nil for a value that came from the command line.
  public var location: SourceLocation?
  /// What is wrong: `unknown parameter 'step'`.
  public var message: String
  /// The type, range or names that would be right: `an integer from 1 to 1000`.
  public var expected: String?
  /// The nearest valid name: `steps`.
  public var suggestion: String?
  /// The line of text the location points at, for the caret line.
  public var sourceLine: String?

  /// One fault of a document.
  public init(
    _ message: String, at pointer: JSONPointer, location: SourceLocation? = nil, expected: String? = nil,
    suggestion: String? = nil, sourceLine: String? = nil
  ) {
    self.message = message
    self.pointer = pointer
    self.location = location
    self.expected = expected
    self.suggestion = suggestion
    self.sourceLine = sourceLine
  }
}

/// Every fault found in one document. Nothing of an invalid document runs.
public struct InvalidDocument: Error, Sendable {
  /// The faults, in document order.
  public let diagnostics: [Diagnostic]

  /// Every fault found in one document, in any order.
  public init(_ diagnostics: [Diagnostic]) {
    self.diagnostics = diagnostics.sorted { ($0.place, $0.message) < ($1.place, $1.message) }
  }
}

extension Diagnostic {
  /// Sorts by file, line and column; faults of the command line come first.
  fileprivate var place: String {
    guard let location else { return "" }
    return "\(location.file):"
      + [location.line, location.column].map { String($0 + 100_000_000) }.joined(separator: ":")
  }
}

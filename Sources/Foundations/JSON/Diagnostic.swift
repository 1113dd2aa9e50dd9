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
  /// The line of text the location points at, for the caret line; of a long line, the part around the location.
  public var sourceLine: String?
  /// The column at which `sourceLine` starts: 1 unless it is part of a long line.
  public var sourceColumn: Int

  /// One fault of a document.
  public init(
    _ message: String, at pointer: JSONPointer, location: SourceLocation? = nil, expected: String? = nil,
    suggestion: String? = nil, sourceLine: String? = nil, sourceColumn: Int = 1
  ) {
    self.message = message
    self.pointer = pointer
    self.location = location
    self.expected = expected
    self.suggestion = suggestion
    self.sourceLine = sourceLine
    self.sourceColumn = sourceColumn
  }
}

/// Every fault found in one document. Nothing of an invalid document runs.
public struct InvalidDocument: Error, Sendable {
  /// The faults, each once: those of the command line, then those of each document in its order.
  public let diagnostics: [Diagnostic]

  /// Every fault found in one document, in any order.
  public init(_ diagnostics: [Diagnostic]) {
    // A document that is run as several stages has its faults but once.
    self.diagnostics = Set(diagnostics).sorted(by: Self.precedes)
  }

  private static func precedes(_ first: Diagnostic, _ second: Diagnostic) -> Bool {
    switch (first.location, second.location) {
    case (let a?, let b?) where (a.file, a.line, a.column) != (b.file, b.line, b.column):
      (a.file, a.line, a.column) < (b.file, b.line, b.column)
    case (nil, .some): true
    case (.some, nil): false
    default: (first.message, first.pointer.description) < (second.message, second.pointer.description)
    }
  }
}

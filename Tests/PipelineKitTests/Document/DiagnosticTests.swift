import Foundation
import Testing

@testable import PipelineKit

@Suite struct DiagnosticTests {
  @Test("of thousands of faults as many are shown as somebody reads, and all are counted")
  func thousands() {
    let faults = (1...6001).map { Diagnostic("fault \($0)", at: .root) }
    let text = DiagnosticRenderer().render(faults)
    #expect(text.contains("fault 50\n") && !text.contains("fault 51"))
    #expect(text.hasSuffix("6001 faults, of which 5951 are not shown; nothing was run"))
  }

  @Test("a fault is shown with its line and carets under what is meant")
  func rendered() {
    let fault = Diagnostic(
      "unknown parameter 'step'", at: .root / "set" / "step",
      location: SourceLocation(file: "a.json", line: 3, column: 4, length: 6), expected: "one of steps, seed",
      suggestion: "steps", sourceLine: "\t\t{\"step\": 1}")
    #expect(
      DiagnosticRenderer().render([fault]) == """
        a.json:3:4: error: unknown parameter 'step'
            {"step": 1}
             ^^^^^^
          expected one of steps, seed
          did you mean 'steps'?
          at /set/step
        1 fault; nothing was run
        """)
  }

  @Test(
    "carets stand under the place",
    arguments: [
      ("abc", 1, 1, "  abc", "  ^"), ("abc", 3, 9, "  abc", "    ^"), ("abc", 4, 1, "  abc", "     ^"),
      ("abc", 99, 5, "  abc", "     ^"),
      ("", 1, 1, "  ", "  ^"), ("日本x", 3, 1, "  日本x", "      ^"), ("x日本", 2, 2, "  x日本", "   ^^^^"),
      ("e\u{301}x", 2, 1, "  e\u{301}x", "   ^"),
      ("a\u{1b}[31mb", 3, 1, "  a·[31mb", "    ^"),
    ])
  func carets(source: String, column: Int, length: Int, line: String, carets: String) {
    #expect(excerpt(source, column: column, length: length) == [line, carets])
  }

  @Test(
    "of a long line the part around the place is shown",
    arguments: [1, 5, 40, 41, 500, 980, 999, 1000, 1001, 5000])
  func longLine(column: Int) {
    let source = String((0..<1000).map { Character("\($0 % 10)") })
    let lines = excerpt(source, column: column, length: 3, width: 80)
    #expect(lines.allSatisfy { $0.count <= 80 })
    let caret = lines[1].firstIndex(of: "^")!
    let offset = lines[1].distance(from: lines[1].startIndex, to: caret)
    #expect(lines[0].hasPrefix("  …") || lines[0].hasPrefix("  0"))
    if column <= 1000 {
      #expect(Array(lines[0])[offset] == Character("\((column - 1) % 10)"))
    } else {
      #expect(offset == lines[0].count)
    }
  }

  @Test("wide characters take two columns of a long line too; what is left out shows as dots")
  func wideLine() {
    let lines = excerpt(
      String(repeating: "日", count: 100) + "x" + String(repeating: "本", count: 100), column: 101,
      length: 1, width: 40)
    #expect(
      lines == [
        "  …" + String(repeating: "日", count: 8) + "x" + String(repeating: "本", count: 8) + "…",
        "  " + String(repeating: " ", count: 17) + "^",
      ])
  }

  @Test("the part of a long line is shown as a part")
  func partOfLine() {
    let fault = Diagnostic(
      "m", at: .root, location: SourceLocation(file: "f", line: 1, column: 5003, length: 2),
      sourceLine: "abcd",
      sourceColumn: 5001)
    #expect(DiagnosticRenderer().render(fault).hasSuffix("\n  …abcd\n     ^^"))
  }

  @Test("a document's text cannot steer the terminal")
  func escapes() {
    let text = DiagnosticRenderer().render(
      Diagnostic("\"\u{1b}[2J\u{202e}\" is no link", at: .root / "\u{7}", expected: "\u{9b}x"))
    #expect(
      text.unicodeScalars.allSatisfy {
        $0 == "\n" || ![.control, .format].contains($0.properties.generalCategory)
      })
  }

  @Test("faults are said once each: the command line's first, then by file, line and column")
  func order() {
    let fault = { (file: String?, line: Int, column: Int, message: String) in
      Diagnostic(
        message, at: .root, location: file.map { SourceLocation(file: $0, line: line, column: column) })
    }
    let sorted = [
      fault(nil, 0, 0, "a"), fault(nil, 0, 0, "b"), fault("a", 9, 10, "x"), fault("a", 10, 2, "x"),
      fault("a", 10, 9, "x"),
      fault("a", 10, 10, "w"), fault("a", 10, 10, "x"), fault("b", 1, 1, "x"),
    ]
    #expect(InvalidDocument(sorted.shuffled() + sorted).diagnostics == sorted)
  }

  @Test("a fault is JSON for editors")
  func json() {
    let fault = Diagnostic(
      "m", at: .root / "a", location: SourceLocation(file: "f", line: 1, column: 2, length: 3),
      suggestion: "s")
    #expect(
      fault.json == [
        "message": "m", "pointer": "/a", "expected": .null, "suggestion": "s", "file": "f", "line": 1,
        "column": 2,
        "length": 3,
      ])
  }

  private func excerpt(_ source: String, column: Int, length: Int, width: Int = 100) -> [String] {
    let fault = Diagnostic(
      "m", at: .root, location: SourceLocation(file: "f", line: 1, column: column, length: length),
      sourceLine: source)
    return DiagnosticRenderer(width: width).render(fault).split(separator: "\n").dropFirst().map(String.init)
  }
}

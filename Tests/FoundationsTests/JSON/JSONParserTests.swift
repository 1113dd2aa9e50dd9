import Foundation
import Foundations
import Testing

@Suite struct JSONParserTests {
  @Test(
    "what RFC 8259 allows is read",
    arguments: [
      ("null", .null), (" true\r\n\t", true), ("[]", []), ("{}", [:]), ("-0", 0), ("1.5e+2", 150),
      ("0.25E-1", 0.025),
      (#"["\"\\\/\b\f\n\r\t"]"#, ["\"\\/\u{8}\u{c}\n\r\t"]),
      (#""\u00e9\ud83d\ude00\u0000""#, "é😀\u{0}"),
      (#"{"a":{"a":[1,{"a":2}]}}"#, ["a": ["a": [1, ["a": 2]]]]),
      (#""日本 é 😀""#, "日本 é 😀"), ("9007199254740992", 9_007_199_254_740_992),
      ("-9007199254740992", .number(-0x1p53)),
      ("1e300", 1e300), ("\"\u{7f}\"", "\u{7f}"),
    ] as [(String, JSONValue)])
  func accepts(text: String, value: JSONValue) throws {
    #expect(try JSONValue(parsing: text) == value)
  }

  @Test(
    "what it does not allow is refused where it stands",
    arguments: [
      ("", 1, 1), ("  ", 1, 3), ("nul", 1, 1), ("tru e", 1, 1), ("[1,]", 1, 4), ("[1 2]", 1, 4),
      (#"{"a":1,}"#, 1, 8),
      (#"{"a" 1}"#, 1, 6), ("{a: 1}", 1, 2), ("{'a': 1}", 1, 2), ("'a'", 1, 1), ("01", 1, 2), ("1.", 1, 3),
      (".5", 1, 1),
      ("+1", 1, 1), ("1e", 1, 3), ("-", 1, 2), ("NaN", 1, 1), ("-Infinity", 1, 2), ("0x10", 1, 2),
      ("1 2", 1, 3), ("[", 1, 2),
      ("\"abc", 1, 1), ("\"a\nb\"", 1, 3), (#""\x""#, 1, 2), (#""\u12g4""#, 1, 6), (#""a\ud800""#, 1, 3),
      (#""\udc00""#, 1, 2), (#""\ud800\u0041""#, 1, 2), (#""\ud800\n""#, 1, 2), (#""\u12"#, 1, 6),
      ("// a", 1, 1), ("[1, # a\n2]", 1, 5), ("]", 1, 1),
      ("\u{feff}1", 1, 1),
      ("\u{a0}1", 1, 1), ("{\"a\":1}\n}", 2, 1),
    ])
  func refuses(text: String, line: Int, column: Int) throws {
    let fault = try #require(faults(text).first)
    #expect(fault.location?.line == line)
    #expect(fault.location?.column == column, "\(fault)")
    #expect(fault.expected?.isEmpty == false)
  }

  @Test("every duplicate name and bad number is said at once, in order")
  func severalFaults() {
    let found = faults(
      #"{"a": 9007199254740993, "b": [1e999, -9007199254740993], "a": 1, "c": {"d": 1, "d": 99999999999999999999}}"#
    )
    #expect(found.map(\.location?.column) == [7, 31, 38, 58, 80, 85])
    #expect(found.map(\.pointer.description) == ["/a", "/b/0", "/b/1", "/a", "/c/d", "/c/d"])
    #expect(found[0].message == "9007199254740993 cannot be kept exactly")
    #expect(found[1].message == "1e999 is too large a number")
    #expect(found[3].message == "\"a\" stands here again; it was given on line 1")
  }

  @Test(
    "what people write by habit is called by its name",
    arguments: [
      ("[NaN]", "JSON has no NaN and no Infinity", nil),
      ("-Infinity", "JSON has no NaN and no Infinity", nil),
      ("True", "True is no JSON value", "true"), ("None", "None is no JSON value", nil),
      ("[yes]", "yes is no JSON value", nil), ("truex", "truex is no JSON value", "true"),
      ("{steps: 1}", "the name steps stands without quotes", nil),
      ("['a']", "strings stand in double quotes", nil), ("{'a': 1}", "strings stand in double quotes", nil),
      ("“a”", "strings stand in straight double quotes", nil), ("+1", "a number starts with +", nil),
      (".5", "a number starts with its point", nil), ("0x10", "a number goes on with what is no digit", nil),
      ("1.2.3", "a number goes on with what is no digit", nil),
      ("[1,]", "a comma stands before the closing bracket", nil),
      ("{\"a\":1,}", "a comma stands before the closing brace", nil),
      ("[1 // one\n]", "JSON has no comments", nil),
      ("[\"a\tb\"]", "a tab stands in a string", nil),
      ("[\"a\n]", "the string does not end on its line", nil),
      ("\"\u{1}\"", "a control character stands in a string", nil), ("\"a", "the string has no end", nil),
      ("\n{\"a\": [1}", "the list that starts on line 2 is closed by the wrong bracket", nil),
      ("\n{\"a\": [1]", "the text ends inside the object that starts on line 2", nil),
      ("\n[1,\n2", "the text ends inside the list that starts on line 2", nil),
      ("\n{", "the text ends inside the object that starts on line 2", nil),
      ("[", "the text ends where a value should stand", nil),
      ("{\"a\": 1\n\"b\": 2}", "the object goes on without a comma", nil),
      ("\u{feff}1", "the text starts with a byte order mark", nil),
      ("1\u{0}", "the text is not UTF-8; it looks like UTF-16", nil),
    ] as [(String, String, String?)])
  func habits(text: String, message: String, suggestion: String?) {
    let found = faults(text)
    #expect(found.map(\.message) == [message])
    #expect(found.first?.suggestion == suggestion)
  }

  @Test("a duplicate name tells the line of the first, also before a fault of syntax")
  func duplicates() {
    let found = faults("{\"a\": 1,\n\"b\": 2,\n\"a\": 3,\n\"a\": 4,\n]")
    #expect(found.map(\.location?.line) == [3, 4, 5])
    #expect(found[0].message == "\"a\" stands here again; it was given on line 1")
    #expect(found[1].message == "\"a\" stands here again; it was given on line 1")
  }

  @Test(
    "of very many faults on one very long line the first hundred are said, each with its part of the line")
  func manyFaults() throws {
    let found = faults("[" + String(repeating: "1e999, \"é\", ", count: 100_000) + "1]")
    #expect(found.count == JSONParser.maximumFaults + 1)
    #expect(found.map(\.location?.column) == (0..<100).map { 2 + 12 * $0 } + [2 + 12 * 99])
    for fault in found {
      let line = try #require(fault.sourceLine)
      let column = try #require(fault.location?.column)
      #expect(line.count < 5000)
      #expect(line.dropFirst(column - fault.sourceColumn).hasPrefix("1e999"))
    }
  }

  @Test("a literal too long to be quoted is cut")
  func longLiterals() {
    let digits = String(repeating: "9", count: 100_000)
    #expect(faults(digits).allSatisfy { $0.message.count < 120 } && faults(digits).count == 1)
    #expect(faults("{\"\(digits)\":1,\"\(digits)\":2}").allSatisfy { $0.message.count < 120 })
  }

  @Test("every place of a document is found, on short lines and long", arguments: ["\n", " "])
  func places(separator: String) throws {
    var text = "{"
    for number in 0..<500 {
      let comma = number == 0 ? "" : ","
      text += "\(comma)\(separator)\"日\\n\(number)\": [{}, [[], \"]}\\\"\"], {\"x\": -\(number)}, true]"
    }
    let document = try JSONParser.parse(Data((text + "}").utf8), file: "a")
    for number in 0..<500 {
      let pointer = JSONPointer.root / "日\n\(number)"
      for (place, isName, start) in [
        (pointer, true, "\"日\\n\(number)\""), (pointer, false, "[{}"), (pointer / "1" / "1", false, "\"]}"),
        (pointer / "2" / "x", true, "\"x\""), (pointer / "2" / "x", false, "-\(number)}"),
        (pointer / "3", false, "true]"),
        (pointer / "3" / "none", true, "true]"),
      ] {
        let fault = document.diagnostic("?", at: place, key: isName)
        let location = try #require(fault.location)
        #expect(fault.sourceLine?.dropFirst(location.column - fault.sourceColumn).hasPrefix(start) == true)
        #expect(location.line == (separator == "\n" ? number + 2 : 1))
      }
    }
  }

  @Test("names that look the same are the same name, however they are composed")
  func canonicallyEqualNames() {
    #expect(faults("{\"caf\\u00e9\": 1, \"cafe\\u0301\": 2}").count == 1)
  }

  @Test("128 levels are read, 129 are not", arguments: [("[", "]"), ("{\"a\":", "}")])
  func depth(open: String, close: String) {
    let nested = { (levels: Int) in
      String(repeating: open, count: levels - 1) + (open == "[" ? "[]" : "{}")
        + String(repeating: close, count: levels - 1)
    }
    #expect(faults(nested(128)).isEmpty)
    #expect(faults(nested(129)).map(\.message) == ["the nesting is deeper than 128"])
    #expect(faults(String(repeating: open, count: 500_000)).count == 1)
  }

  @Test("16 MiB are read, a byte more is not")
  func size() {
    let full = Data("[]".utf8) + Data(repeating: 0x20, count: JSONParser.maximumBytes - 2)
    #expect(throws: Never.self) { try JSONParser.parse(full, file: "a") }
    #expect(throws: InvalidDocument.self) { try JSONParser.parse(full + [0x20], file: "a") }
  }

  @Test(
    "bytes that are no UTF-8 are refused",
    arguments: [[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xe2, 0x82]] as [[UInt8]]
  )
  func invalidUTF8(bytes: [UInt8]) throws {
    let error = #expect(throws: InvalidDocument.self) {
      try JSONParser.parse(Data([0x5b, 0x22] + bytes + [0x22, 0x5d]), file: "a")
    }
    #expect(error?.diagnostics.map(\.message) == ["the text is not UTF-8 here"])
    #expect(error?.diagnostics.first?.location?.column == 3)
  }

  @Test("columns count characters, lines end in LF or CRLF")
  func locations() throws {
    let text = "{\r\n\t\"日本\": \"👩‍👩‍👧\",\r\n  \"e\\u0301\": [1,\n\n 22]}"
    let document = try JSONParser.parse(Data(text.utf8), file: "a.json")
    let place = { (tokens: [String]) in document.location(of: JSONPointer(tokens)) }
    #expect(place([]) == SourceLocation(file: "a.json", line: 1, column: 1))
    #expect(
      document.nameLocation(of: .root / "日本") == SourceLocation(file: "a.json", line: 2, column: 2, length: 4)
    )
    #expect(place(["日本"]) == SourceLocation(file: "a.json", line: 2, column: 8, length: 3))
    #expect(place(["é", "1"]) == SourceLocation(file: "a.json", line: 5, column: 2, length: 2))
    #expect(place(["é", "1", "nothing", "there"]) == place(["é", "1"]))
    #expect(document.nameLocation(of: .root / "nothing") == nil)
    #expect(document.diagnostic("?", at: .root / "日本").sourceLine == "\t\"日本\": \"👩‍👩‍👧\",")
  }

  @Test("a pointer is written as RFC 6901 has it")
  func pointer() {
    #expect((JSONPointer.root / "a/b" / "~" / "0").description == "/a~1b/~0/0")
  }
}

/// The faults of a text; none when it is JSON.
func faults(_ text: String) -> [Diagnostic] {
  do {
    _ = try JSONParser.parse(Data(text.utf8), file: "a.json")
    return []
  } catch {
    return error.diagnostics
  }
}

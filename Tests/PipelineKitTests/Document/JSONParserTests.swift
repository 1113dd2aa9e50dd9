import Foundation
import PipelineKit
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
      ("\"abc", 1, 1), ("\"a\nb\"", 1, 3), (#""\x""#, 1, 3), (#""\u12g4""#, 1, 4), (#""\ud800""#, 1, 8),
      (#""\udc00""#, 1, 8), (#""\ud800\u0041""#, 1, 14), ("// a", 1, 1), ("[1, # a\n2]", 1, 5), ("]", 1, 1),
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
    #expect(found[3].message == "\"a\" stands here a second time")
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
    #expect(error?.diagnostics.map(\.message) == ["the string is not UTF-8"])
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

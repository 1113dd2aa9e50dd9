import Foundation
import Foundations
import Testing

@Suite struct JSONWriterTests {
  @Test("what is written reads back the same", arguments: 0..<200)
  func roundTrip(seed: Int) throws {
    var generator = SeededGenerator(seed: seed)
    let value = JSONValue.random(depth: 5, &generator)
    let canonical = JSONWriter.canonical(value)
    let read = try JSONValue(parsing: String(decoding: canonical, as: UTF8.self))
    #expect(read == value)
    #expect(JSONWriter.canonical(read) == canonical)
    #expect(try JSONValue(parsing: JSONWriter.pretty(value)) == value)
  }

  @Test("a text with a few bytes changed is read or refused, and never stops the program")
  func mutations() {
    var generator = SeededGenerator(seed: 1)
    var refused = 0
    let count = 1000
    for _ in 0..<count {
      var bytes = JSONWriter.canonical(.random(depth: 4, &generator))
      for _ in 0...Int.random(in: 0..<4, using: &generator) where !bytes.isEmpty {
        bytes[Int.random(in: 0..<bytes.count, using: &generator)] = .random(in: 0...255, using: &generator)
      }
      do {
        let document = try JSONParser.parse(bytes, file: "a")
        #expect(document.location(of: .root / "none") != nil)
      } catch {
        refused += 1
        #expect(error.diagnostics.allSatisfy { $0.location != nil && $0.sourceLine != nil })
      }
    }
    #expect(refused > 0 && refused < count)
  }

  @Test("members stand in the order of their names' bytes, numbers in their shortest form")
  func canonical() {
    let value: JSONValue = ["b": [1.0, 0.1, -0.0, 1e21, 1e-7], "a": "\u{1}\"\\é\n", "B": [:], "é": .null]
    #expect(
      String(decoding: JSONWriter.canonical(value), as: UTF8.self)
        == #"{"B":{},"a":"\u0001\"\\é\n","b":[1,0.1,0,1e+21,1e-07],"é":null}"#)
  }

  @Test("short lists stay on one line")
  func pretty() {
    #expect(
      JSONWriter.pretty(["a": [1, 2], "b": [[1], 2], "c": [:], "d": []])
        == """
        {
          "a": [1, 2],
          "b": [
            [1],
            2
          ],
          "c": {},
          "d": []
        }

        """)
  }
}

extension JSONValue {
  fileprivate static func random(depth: Int, _ generator: inout SeededGenerator) -> JSONValue {
    switch Int.random(in: 0..<(depth > 0 ? 7 : 5), using: &generator) {
    case 0: .null
    case 1: .bool(.random(using: &generator))
    case 2: JSONValue(Int.random(in: -(1 << 53)...(1 << 53), using: &generator))
    case 3:
      .number(
        [Double(bitPattern: generator.next())].first { $0.isFinite && abs($0) < 0x1p53 }
          ?? generator.uniform())
    case 4: .string(text(&generator))
    case 5: .array((0..<generator.below(4)).map { _ in random(depth: depth - 1, &generator) })
    default:
      .object(
        Dictionary(
          (0..<generator.below(4)).map { _ in (text(&generator), random(depth: depth - 1, &generator)) }
        ) { $1 })
    }
  }

  private static func text(_ generator: inout SeededGenerator) -> String {
    let alphabet: [Unicode.Scalar] = [
      "a", "b", "\"", "\\", "/", "\n", "\u{0}", "\u{1f}", "é", "e", "\u{301}", "日", "😀", "\u{2028}",
    ]
    var text = ""
    for _ in 0..<generator.below(8) { text.unicodeScalars.append(alphabet[generator.below(alphabet.count)]) }
    return text
  }
}

extension SeededGenerator {
  fileprivate mutating func below(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &self) }
}

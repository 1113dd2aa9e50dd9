import Diffusion
import Foundation
import Testing

@Suite("safetensors files")
struct SafetensorsTests {
  /// A file of a header and data, with the header's true length before it.
  static func file(_ header: String, data: Int = 0) -> Data {
    let prefix = (0..<8).map { UInt8(truncatingIfNeeded: header.utf8.count >> (8 * $0)) }
    return Data(prefix) + Data(header.utf8) + Data(count: data)
  }

  static func entry(_ shape: String = "[2,2]", _ offsets: String = "[0,16]", type: String = "I32") -> String {
    #"{"dtype":"\#(type)","shape":\#(shape),"data_offsets":\#(offsets)}"#
  }

  typealias Case = (name: String, data: Data, reason: CheckpointError.Reason)

  /// The published malformed cases of the format's own tests, and what its description forbids besides.
  static let malformed: [Case] = [
    ("an empty file", Data(), .headerTooSmall),
    ("seven bytes", Data(count: 7), .headerTooSmall),
    ("a length of 2^56", Data([0x3C, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF]) + Data(count: 70), .headerTooLarge),
    ("a length of 2^64 - 1", Data(repeating: 0xFF, count: 80), .headerTooLarge),
    ("a header that is not there", Data([0x3C, 0, 0, 0, 0, 0, 0, 0]), .headerTruncated),
    ("not UTF-8", Data([1, 0, 0, 0, 0, 0, 0, 0, 0xFF]), .headerNotUTF8),
    ("not JSON", file("{"), .notJSON),
    ("an empty header", file(""), .notJSON),
    ("an array", file("[]"), .notJSON),
    ("leading white space", file("\t\n{}\r "), .notJSON),
    ("something after the object", file("{}x"), .notJSON),
    ("a trailing comma", file(#"{"a":\#(entry()),}"#, data: 16), .notJSON),
    ("a lone surrogate", file(#"{"\ud800":\#(entry())}"#, data: 16), .notJSON),
    ("a leading zero", file(#"{"a":\#(entry("[02,2]"))}"#, data: 16), .notJSON),
    ("extra bytes at the end", file(#"{"a":\#(entry())}"#, data: 50), .offsetsLeaveHole),
    ("missing bytes at the end", file(#"{"a":\#(entry())}"#, data: 14), .offsetsOutOfBounds),
    ("fewer bytes than the shape needs", file(#"{"a":\#(entry("[2,2]", "[0,4]"))}"#, data: 4), .sizeMismatch),
    (
      "a shape beyond 64 bits",
      file(#"{"a":\#(entry("[2,18446744073709551614]"))}"#, data: 16), .shapeOverflow
    ),
    ("a shape of 2^64", file(#"{"a":\#(entry("[2,9223372036854775807]"))}"#, data: 16), .shapeOverflow),
    ("a shape of 2^63 bytes", file(#"{"a":\#(entry("[4611686018427387904]"))}"#, data: 16), .shapeOverflow),
    (
      "offsets beyond 64 bits",
      file(#"{"a":\#(entry("[2,2]", "[0,18446744073709551632]"))}"#, data: 16), .offsetsOutOfBounds
    ),
    (
      "offsets that run backwards", file(#"{"a":\#(entry("[2,2]", "[16,0]"))}"#, data: 16),
      .offsetsOutOfBounds
    ),
    ("negative offsets", file(#"{"a":\#(entry("[2,2]", "[-16,0]"))}"#, data: 16), .malformedEntry),
    ("a fractional shape", file(#"{"a":\#(entry("[2.0,2]"))}"#, data: 16), .malformedEntry),
    ("three offsets", file(#"{"a":\#(entry("[2,2]", "[0,8,16]"))}"#, data: 16), .malformedEntry),
    ("no shape", file(#"{"a":{"dtype":"I32","data_offsets":[0,16]}}"#, data: 16), .malformedEntry),
    (
      "an unknown field",
      file(#"{"a":{"dtype":"I32","shape":[4],"data_offsets":[0,16],"x":1}}"#, data: 16), .malformedEntry
    ),
    ("a tensor that is a number", file(#"{"a":1}"#), .malformedEntry),
    (
      "two tensors on the same bytes",
      file(#"{"a":\#(entry()),"b":\#(entry())}"#, data: 16), .offsetsOverlap
    ),
    (
      "two tensors that overlap",
      file(#"{"a":\#(entry()),"b":\#(entry("[2]", "[12,20]"))}"#, data: 20), .offsetsOverlap
    ),
    (
      "a hole between tensors",
      file(#"{"a":\#(entry()),"b":\#(entry("[2]", "[20,28]"))}"#, data: 28), .offsetsLeaveHole
    ),
    ("a hole at the beginning", file(#"{"a":\#(entry("[2]", "[4,12]"))}"#, data: 12), .offsetsLeaveHole),
    ("one name twice", file(#"{"a":\#(entry()),"a":\#(entry())}"#, data: 16), .duplicateName),
    (
      "one name twice, spelt differently",
      file(#"{"a":\#(entry()),"\u0061":\#(entry())}"#, data: 16), .duplicateName
    ),
    (
      "one field twice",
      file(#"{"a":{"dtype":"I32","dtype":"I32","shape":[4],"data_offsets":[0,16]}}"#, data: 16),
      .duplicateName
    ),
    ("an unknown type", file(#"{"a":\#(entry(type: "F4"))}"#, data: 16), .unknownType),
    ("metadata that is no object", file(#"{"__metadata__":"pt"}"#), .malformedMetadata),
    ("metadata that is no string", file(#"{"__metadata__":{"step":1}}"#), .malformedMetadata),
    ("metadata twice", file(#"{"__metadata__":{},"__metadata__":{}}"#), .duplicateName),
  ]

  @Test("malformed files are refused by a named reason", arguments: malformed)
  func refused(_ test: Case) throws {
    #expect(try Fixtures.refusal(of: test.data, ending: "safetensors") == test.reason, "\(test.name)")
  }

  @Test(
    "unusual but valid files are taken",
    arguments: [
      file("{}\r \t\n"),
      file(#"{"a":\#(entry("[2,0]", "[0, 0]"))}"#),
      file(#"{"a":\#(entry("[]", "[0,4]"))}"#, data: 4),
      file(#"{"a":\#(entry("[0]", "[0,0]")),"b":\#(entry()),"c":\#(entry("[0]", "[16,16]"))}"#, data: 16),
      file(#"{"__metadata__":{"k\n\u00e9\ud83d\ude00":"v"},"b":\#(entry())}"#, data: 16),
    ])
  func taken(_ data: Data) throws {
    #expect(try Fixtures.refusal(of: data, ending: "safetensors") == nil)
  }

  @Test("every element type and NaN are read from the official writer's file")
  func officialFile() throws {
    let checkpoint = try Fixtures.checkpoint("weights.safetensors")
    #expect(checkpoint.metadata == ["format": "pt"])
    #expect(checkpoint["bool"]?.scalarType == .bool)
    #expect(checkpoint["empty"]?.shape == [0, 3])
    #expect(checkpoint["scalar"]?.floats() == [2.5])
    #expect(checkpoint["rows"]?.floats() == (6..<18).map { Float($0) / 7 })
    #expect(checkpoint["special"]?.floats()?[2].isNaN == true)
    #expect(checkpoint["half"]?.floats()?[7] == Float(Float16(Float(7) / 7 * 100)))
  }

  @Test("writing gives the official writer's bytes")
  func roundTrip() throws {
    try Fixtures.withFolder { folder in
      let path = folder.appending(path: "copy.safetensors").path
      try Fixtures.checkpoint("weights.safetensors").write(to: path)
      let original = try Data(contentsOf: URL(filePath: Fixtures.path("weights.safetensors")))
      #expect(try Data(contentsOf: URL(filePath: path)) == original)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["copy.safetensors"])
    }
  }

  @Test("converting rounds to nearest even, keeps integers, and refuses what half precision cannot hold")
  func conversion() throws {
    let values: [Float] = [1, 1 + 0x1p-8, 1 + 0x3p-8, -2.5, 1e-30, 65504]
    let data = values.reduce(into: Data()) { data, value in
      withUnsafeBytes(of: value.bitPattern.littleEndian) { data.append(contentsOf: $0) }
    }
    let header = #"{"w":\#(Self.entry("[6]", "[0,24]", type: "F32"))}"#
    try Fixtures.withFile(Self.file(header) + data, ending: "safetensors") { path in
      let checkpoint = try Checkpoint(contentsOf: path)
      try checkpoint.write(to: path + ".bf16.safetensors", as: .bfloat16)
      let bfloat = try Checkpoint(contentsOf: path + ".bf16.safetensors")["w"]?.floats()
      #expect(bfloat?.prefix(4) == [1, 1, 1 + 0x1p-6, -2.5])
      try checkpoint.write(to: path + ".f16.safetensors", as: .float16)
      #expect(try Checkpoint(contentsOf: path + ".f16.safetensors")["w"]?.floats()?.last == 65504)
    }
    try Fixtures.withFolder { folder in
      let path = folder.appending(path: "half.safetensors").path
      let weights = try Fixtures.checkpoint("weights.safetensors")
      let error = #expect(throws: CheckpointError.self) { try weights.write(to: path, as: .float16) }
      #expect(error?.detail.contains("special") == true)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }
  }
}

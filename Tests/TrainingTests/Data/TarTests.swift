import Testing
import Training

@Suite("tar")
struct TarTests {
  @Test("an entry is a ustar header, the contents, and zeros up to a whole block")
  func entry() throws {
    let contents = [UInt8]((0..<700).map { UInt8($0 % 251) })
    let entry = try Tar.entry("000000001.mask.png", contents)
    #expect(entry.count == 512 + 1024)
    #expect(text(entry, 0, 100) == "000000001.mask.png")
    #expect(text(entry, 100, 8) == "0000644" && text(entry, 124, 12) == "00000001274")
    #expect(text(entry, 136, 12) == "00000000000", "no time, so that runs give the same bytes")
    #expect(Array(entry[257..<265]) == Array("ustar\u{0}00".utf8) && entry[156] == UInt8(ascii: "0"))
    #expect(Array(entry[512..<1212]) == contents)
    #expect(entry[1212...].allSatisfy { $0 == 0 })
  }

  @Test("the checksum is the sum of the header's bytes with blanks in its place")
  func checksum() throws {
    let entry = try Tar.entry("a", [])
    var header = Array(entry[0..<512])
    header.replaceSubrange(148..<156, with: [UInt8](repeating: 0x20, count: 8))
    let sum = header.reduce(0) { $0 + Int($1) }
    #expect(Int(text(entry, 148, 6), radix: 8) == sum)
    #expect(entry[154] == 0 && entry[155] == 0x20)
  }

  @Test("contents of whole blocks, or none, get no padding; the end is two blocks")
  func padding() throws {
    #expect(try Tar.entry("a", []).count == 512)
    #expect(try Tar.entry("a", [UInt8](repeating: 1, count: 512)).count == 1024)
    #expect(Tar.end == [UInt8](repeating: 0, count: 1024))
  }

  @Test(
    "names that do not fit are refused", arguments: ["", "/a", String(repeating: "é", count: 51), "a\u{0}b"])
  func names(_ name: String) {
    #expect(throws: Tar.Unfit.self) { try Tar.entry(name, []) }
  }

  /// A field up to its first zero.
  private func text(_ bytes: [UInt8], _ offset: Int, _ length: Int) -> String {
    String(decoding: bytes[offset..<(offset + length)].prefix { $0 != 0 }, as: UTF8.self)
  }
}

import Foundation
import Foundations
import Testing

@Suite struct MessageDigestTests {
  @Test(
    "known answers, in one piece and byte by byte",
    arguments: [
      (MessageDigest.Algorithm.sha1, "abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
      (.sha1, "", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
      (.sha256, "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      (
        .sha256, "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
    ])
  func known(algorithm: MessageDigest.Algorithm, text: String, digits: String) {
    let bytes = Array(text.utf8)
    #expect(hexadecimal(MessageDigest.of(bytes, algorithm)) == digits)
    var digest = MessageDigest(algorithm)
    for byte in bytes { [byte].withUnsafeBytes { digest.update($0) } }
    #expect(hexadecimal(digest.finalize()) == digits)
  }

  @Test("a copy goes its own way, and a digest may be asked for in between")
  func copies() {
    var first = MessageDigest(.sha256)
    [1, 2].withUnsafeBytes { first.update($0) }
    var second = first
    let before = first.finalize()
    [3].withUnsafeBytes { second.update($0) }
    #expect(first.finalize() == before)
    #expect(second.finalize() != before)
  }
}

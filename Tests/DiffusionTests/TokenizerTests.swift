import Diffusion
import Foundation
import Testing

@Suite("Prompts in tokens")
struct TokenizerTests {
  /// A text and what the published tokenizer makes of it. `Scripts/fixtures/prompts.py` writes them.
  struct Case: Decodable {
    var text: String
    var ids: [Int]
    var prompt: [Int]?
    var dropped: String?
  }

  static let folder = Fixtures.folder.appending(path: "prompts")

  private func tokenizer(_ name: String) throws -> CLIPTokenizer {
    try CLIPTokenizer(folder: Self.folder.appending(path: name).path)
  }

  @Test(
    "texts of every kind have the ids that the published tokenizer gives them",
    arguments: ["plain", "stable-diffusion-1", "stable-diffusion-2", "saved", "added", "listed"])
  func ids(name: String) throws {
    let file = try Data(contentsOf: Self.folder.appending(path: "cases.json"))
    let cases = try #require(JSONDecoder().decode([String: [Case]].self, from: file)[name])
    #expect(cases.count > (name == "added" || name == "listed" ? 3 : 300))
    let tokenizer = try tokenizer(name)
    for reference in cases {
      #expect(tokenizer.ids(of: reference.text) == reference.ids, "\(reference.text.debugDescription)")
      let prompt = tokenizer.prompt(reference.text, length: 77)
      #expect(prompt.count == min(reference.ids.count, 75))
      #expect(prompt.dropped == reference.dropped)
      if let ids = reference.prompt { #expect(prompt.ids == ids) }
    }
  }

  @Test("a prompt fills the encoder's tokens, and says which words fall off")
  func truncation() throws {
    let tokenizer = try tokenizer("plain")
    let whole = tokenizer.prompt("A photo of a cat", length: 7)
    #expect((whole.ids.count, whole.count) == (7, 5))
    #expect(whole.dropped == nil)
    let cut = tokenizer.prompt("A photo of a cat", length: 5)
    #expect(cut.ids == Array(whole.ids[..<4]) + [49407])
    #expect(cut.dropped == "a cat")
    #expect(tokenizer.text(of: tokenizer.ids(of: "naïve\n“CAT”, 猫!")) == "naïve “ cat ”, 猫 !")
  }

  @Test(
    "a tokenizer.json that is not CLIP's is refused",
    arguments: [
      ("\"BPE\"", "\"WordPiece\"", "another way"), ("\"Lowercase\"", "\"Lowerish\"", "another way"),
      ("[^\\\\s\\\\p{L}", "[\\\\s\\\\p{L}", "another way"), ("\"</w>\"", "\"</v>\"", "another way"),
      ("\"content\"", "\"contents\"", "no text or no id"),
      ("\"rstrip\": false", "\"rstrip\": true", "\"rstrip\", which is not supported"),
      ("\"merges\"", "\"merged\"", "no vocabulary and merges"),
    ])
  func otherTokenizers(text: String, other: String, words: String) throws {
    try Fixtures.withFolder { folder in
      let source = Self.folder.appending(path: "saved/tokenizer.json")
      let file = try String(contentsOf: source, encoding: .utf8)
      #expect(file.contains(text))
      let place = folder.appending(path: "tokenizer.json")
      try file.replacing(text, with: other).write(to: place, atomically: true, encoding: .utf8)
      let error = #expect(throws: CheckpointError.self) { try CLIPTokenizer(folder: folder.path) }
      #expect(error?.reason == .malformedVocabulary && error?.file == place.path)
      #expect(error?.detail.contains(words) == true, "\(error?.detail ?? "")")
    }
  }

  @Test(
    "files that do not fit together are refused: where, and what is wrong",
    arguments: [
      ("vocab.json", nil, "no such file", .unreadable), ("merges.txt", nil, "no such file", .unreadable),
      ("vocab.json", "[1]", "an object expected", .notJSON),
      ("vocab.json", #"{"a": "b"}"#, "the id of \"a\"", .malformedVocabulary),
      ("vocab.json", #"{"a": -1}"#, "the id of \"a\"", .malformedVocabulary),
      (
        "vocab.json", #"{"a": 1}"#, "\"bos_token\", <|startoftext|>, is not in the vocabulary",
        .malformedVocabulary
      ),
      ("merges.txt", "#version: 0.2\ni n\na b c\n", "line 3", .malformedVocabulary),
      ("merges.txt", "i n\ni ☃\n", "merge 2 takes \"☃\"", .malformedVocabulary),
      (
        "merges.txt", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 5\n",
        "a Git LFS pointer",
        .standIn
      ),
      ("special_tokens_map.json", #"{"pad_token": "☃"}"#, "\"pad_token\", ☃,", .malformedVocabulary),
      ("special_tokens_map.json", #"{"eos_token": 3}"#, "\"eos_token\" is no token", .malformedVocabulary),
    ] as [(String, String?, String, CheckpointError.Reason)])
  func refusals(file: String, text: String?, words: String, reason: CheckpointError.Reason) throws {
    try Fixtures.withFolder { folder in
      for name in ["vocab.json", "merges.txt"] {
        try FileManager.default.copyItem(
          at: Self.folder.appending(path: "plain/\(name)"), to: folder.appending(path: name))
      }
      let place = folder.appending(path: file)
      try? FileManager.default.removeItem(at: place)
      try text?.write(to: place, atomically: true, encoding: .utf8)
      let error = #expect(throws: CheckpointError.self) { try CLIPTokenizer(folder: folder.path) }
      #expect(error?.reason == reason)
      #expect(error?.file == place.path || error?.file == folder.path)
      #expect(error?.detail.contains(words) == true, "\(error?.detail ?? "")")
    }
  }
}

import Foundations

/// The tokens that are no words: those that mark start, end and padding, and stand for what is unknown.
struct TokenizerMarks {
  /// A text taken apart at the marks that are written in it.
  enum Part {
    case text(String)
    case mark(Int)

    /// Of a mark, its id.
    var ids: [Int] { if case .mark(let id) = self { [id] } else { [] } }
  }

  private struct Mark {
    var text: [Unicode.Scalar]
    var id: Int
    /// Whether it counts in the normalized text, in capitals as well, and not in the text as it is written.
    var isNormalized: Bool

    init(_ token: TokenizerVocabulary.Added) {
      let written = token.isNormalized ? PromptWords.normalized(token.text) : token.text
      (text, id, isNormalized) = (Array(written.unicodeScalars), token.id, token.isNormalized)
    }
  }

  let start: Int
  let end: Int
  let padding: Int
  let unknown: Int
  private let marks: [Mark]

  /// What `special_tokens_map.json` says goes before `tokenizer_config.json`, and that before CLIP's own.
  init(folder: String, _ vocabulary: TokenizerVocabulary) throws(CheckpointError) {
    var readers: [ConfigurationFileReader] = []
    for name in ["special_tokens_map.json", "tokenizer_config.json"] where isPresent("\(folder)/\(name)") {
      readers.append(ConfigurationFileReader(try ConfigurationFile(contentsOf: "\(folder)/\(name)")))
    }
    var marks = vocabulary.added.map(Mark.init)
    func id(_ name: String, _ standard: String) throws(CheckpointError) -> Int {
      let said = readers.lazy.compactMap { reader in
        reader.allMembers[name].flatMap { $0 == .null ? nil : $0 }
      }.first
      let path = readers.first { $0.allMembers[name] != nil }?.path ?? folder
      guard let (text, isNormalized) = Self.mark(said ?? .string(standard)), !text.isEmpty else {
        throw CheckpointError(.malformedVocabulary, in: path, "\"\(name)\" is no token")
      }
      guard let id = vocabulary.ids[text] else {
        throw CheckpointError(
          .malformedVocabulary, in: path, "\"\(name)\", \(text), is not in the vocabulary")
      }
      // A list of added tokens says itself how each is found.
      guard !vocabulary.added.contains(where: { $0.id == id }) else { return id }
      // Of several that are one token the last says how it is found.
      marks.removeAll { $0.id == id }
      marks.append(Mark(.init(text: text, id: id, isNormalized: isNormalized)))
      return id
    }
    start = try id("bos_token", "<|startoftext|>")
    end = try id("eos_token", "<|endoftext|>")
    unknown = try id("unk_token", "<|endoftext|>")
    padding = try id("pad_token", "<|endoftext|>")
    // The longest first, so that none is taken for another's beginning.
    self.marks = marks.sorted { $0.text.count > $1.text.count }
  }

  /// A token as the files write it: its text, or an object with the text and how it is found.
  private static func mark(_ value: JSONValue) -> (String, isNormalized: Bool)? {
    switch value {
    case .string(let text): return (text, false)
    case .object:
      guard let text = value["content"]?.string else { return nil }
      return (text, value["normalized"]?.bool ?? false)
    default: return nil
    }
  }

  /// The text at and between the marks that count in it.
  func split(_ text: String, isNormalized: Bool) -> [Part] {
    let scalars = Array(text.unicodeScalars)
    let marks = marks.filter { $0.isNormalized == isNormalized }
    var parts: [Part] = []
    var start = 0
    func close(_ end: Int) {
      if start < end { parts.append(.text(String(String.UnicodeScalarView(scalars[start..<end])))) }
    }
    var index = 0
    while index < scalars.count {
      guard let mark = marks.first(where: { scalars[index...].starts(with: $0.text) }) else {
        index += 1
        continue
      }
      close(index)
      parts.append(.mark(mark.id))
      index += mark.text.count
      start = index
    }
    close(index)
    return parts
  }
}

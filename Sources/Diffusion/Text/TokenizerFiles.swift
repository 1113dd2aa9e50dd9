import Foundations

/// The symbols of a tokenizer and how they are joined: `vocab.json` and `merges.txt`, or `tokenizer.json`, which the
/// `tokenizers` library writes.
struct TokenizerVocabulary {
  /// A token that counts wherever its text stands.
  struct Added {
    var text: String
    var id: Int
    /// Whether it counts in the normalized text, and not in the text as it is written.
    var isNormalized: Bool
  }

  /// Ids by symbols' texts.
  let ids: [String: Int]
  /// Tokens that were added to the symbols; `vocab.json` knows none.
  let added: [Added]
  private let merges: [(String, String)]
  private let mergesPath: String

  /// Reads `vocab.json` and `merges.txt`, or, where neither is, `tokenizer.json`.
  init(folder: String) throws(CheckpointError) {
    let whole = "\(folder)/tokenizer.json"
    if isPresent(whole), !isPresent("\(folder)/vocab.json"), !isPresent("\(folder)/merges.txt") {
      let file = try TokenizerFile(contentsOf: whole)
      (added, merges, mergesPath) = (file.added, file.merges, whole)
      let known = try Self.ids(file.vocabulary, in: whole)
      ids = known.merging(added.map { ($0.text, $0.id) }) { $1 }
      return
    }
    let path = "\(folder)/vocab.json"
    mergesPath = "\(folder)/merges.txt"
    added = []
    ids = try Self.ids(ConfigurationFile(contentsOf: path).root, in: path)
    merges = try Self.merges(mergesPath)
  }

  private static func ids(_ members: [String: JSONValue], in path: String) throws(CheckpointError) -> [String:
    Int]
  {
    var ids: [String: Int] = [:]
    ids.reserveCapacity(members.count)
    for (symbol, value) in members {
      guard let id = value.integer, (0..<1 << 20).contains(id) else {
        throw CheckpointError(
          .malformedVocabulary, in: path, "the id of \"\(symbol)\" is no number from 0 on")
      }
      ids[symbol] = id
    }
    return ids
  }

  /// The encoding they make.
  func encoding(unknown: Int) throws(CheckpointError) -> BytePairEncoding {
    do throws(BytePairEncoding.UnknownSymbol) {
      return try BytePairEncoding(ids: ids, merges: merges, unknown: unknown)
    } catch {
      throw CheckpointError(
        .malformedVocabulary, in: mergesPath,
        "merge \(error.merge + 1) takes \"\(error.symbol)\", which the vocabulary does not have")
    }
  }

  /// Two symbols a line, with a blank between them; the first line may be a note of the format's version.
  private static func merges(_ path: String) throws(CheckpointError) -> [(String, String)] {
    let file = try MappedFile(path: path)
    try StandIn.refuse(file)
    return try file.withBytes { bytes throws(CheckpointError) in
      guard bytes.count <= 64 << 20, isUTF8(bytes) else {
        throw CheckpointError(
          .malformedVocabulary, in: path, "\(bytes.count) bytes that are no list of merges")
      }
      var merges: [(String, String)] = []
      for (index, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
        let line = line.last == 0x0D ? line.dropLast() : line
        if line.isEmpty || line.starts(with: "#version".utf8) { continue }
        let symbols = line.split(separator: 0x20, omittingEmptySubsequences: false)
        guard symbols.count == 2, symbols.allSatisfy({ !$0.isEmpty }) else {
          throw CheckpointError(
            .malformedVocabulary, in: path, "line \(index + 1) is not two symbols with a blank between them")
        }
        merges.append(
          (String(decoding: symbols[0], as: UTF8.self), String(decoding: symbols[1], as: UTF8.self)))
      }
      return merges
    }
  }
}

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
      // tokenizer.json says itself how each is found.
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

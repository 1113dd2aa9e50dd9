import Foundations

/// A `tokenizer.json` of the `tokenizers` library, as far as it is CLIP's: other ways of taking a text apart are refused.
struct TokenizerFile {
  /// Ids by symbols' texts, unchecked.
  let vocabulary: [String: JSONValue]
  /// Pairs of symbols that are joined, in their order.
  let merges: [(String, String)]
  /// Tokens that count wherever their text stands.
  let added: [TokenizerVocabulary.Added]

  init(contentsOf path: String) throws(CheckpointError) {
    let root = try ConfigurationFile(contentsOf: path).root
    func fault(_ detail: String) -> CheckpointError {
      CheckpointError(.malformedVocabulary, in: path, detail)
    }
    let model = root["model"]
    guard model?["type"]?.string == "BPE", model?["end_of_word_suffix"]?.string == BytePairEncoding.wordEnd,
      Self.isCLIPs(normalizer: root["normalizer"]), Self.isCLIPs(splitter: root["pre_tokenizer"])
    else { throw fault("it takes texts apart in another way than CLIP's tokenizer") }
    guard let vocabulary = model?["vocab"]?.object, let pairs = model?["merges"]?.array else {
      throw fault("it has no vocabulary and merges")
    }
    self.vocabulary = vocabulary
    var merges: [(String, String)] = []
    for (index, pair) in pairs.enumerated() {
      // Two symbols, in older files with a blank between them.
      let symbols =
        pair.array?.compactMap(\.string) ?? pair.string?.split(separator: " ").map(String.init) ?? []
      guard symbols.count == 2 else { throw fault("merge \(index + 1) is not two symbols") }
      merges.append((symbols[0], symbols[1]))
    }
    self.merges = merges
    var added: [TokenizerVocabulary.Added] = []
    for token in root["added_tokens"]?.array ?? [] {
      added.append(try AddedTokens.token(token, id: token["id"]?.integer, in: path))
    }
    self.added = added
  }

  /// Composed characters, single blanks, lower case.
  private static func isCLIPs(normalizer: JSONValue?) -> Bool {
    normalizer?["normalizers"]?.array?.map { $0["type"]?.string } == ["NFC", "Replace", "Lowercase"]
  }

  /// Letters, single digits and all else, in bytes.
  private static func isCLIPs(splitter: JSONValue?) -> Bool {
    let parts = splitter?["pretokenizers"]?.array ?? []
    return parts.map { $0["type"]?.string } == ["Split", "ByteLevel"]
      && parts[0]["pattern"]?["Regex"]?.string?.hasSuffix(#"[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"#) == true
  }
}

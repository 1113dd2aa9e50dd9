import Foundations

/// The tokens that files list beside a tokenizer's symbols.
enum AddedTokens {
  /// Those of `tokenizer_config.json`, or, where it lists none, of `added_tokens.json`.
  static func read(folder: String) throws(CheckpointError) -> [TokenizerVocabulary.Added] {
    let settings = "\(folder)/tokenizer_config.json"
    if isPresent(settings) {
      let root = try ConfigurationFile(contentsOf: settings).root
      if let list = root["added_tokens_decoder"]?.object {
        var added: [TokenizerVocabulary.Added] = []
        for (id, token) in list { added.append(try self.token(token, id: Int(id), in: settings)) }
        return added
      }
    }
    let plain = "\(folder)/added_tokens.json"
    guard isPresent(plain) else { return [] }
    var added: [TokenizerVocabulary.Added] = []
    for (text, id) in try ConfigurationFile(contentsOf: plain).root {
      added.append(try token(["content": .string(text)], id: id.integer, in: plain))
    }
    return added
  }

  /// One of them: its text and how it is found.
  static func token(
    _ token: JSONValue, id: Int?, in path: String
  ) throws(CheckpointError) -> TokenizerVocabulary.Added {
    guard let text = token["content"]?.string, !text.isEmpty, let id, (0..<1 << 20).contains(id) else {
      throw CheckpointError(.malformedVocabulary, in: path, "one of the added tokens has no text or no id")
    }
    for option in ["lstrip", "rstrip", "single_word"] where token[option]?.bool == true {
      throw CheckpointError(
        .malformedVocabulary, in: path, "the added token \(text) has \"\(option)\", which is not supported")
    }
    return .init(text: text, id: id, isNormalized: token["normalized"]?.bool ?? true)
  }
}

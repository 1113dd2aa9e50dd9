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
  /// Tokens that were added to the symbols, words that a model learnt besides among them.
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
    added = try AddedTokens.read(folder: folder)
    let known = try Self.ids(ConfigurationFile(contentsOf: path).root, in: path)
    ids = known.merging(added.map { ($0.text, $0.id) }) { $1 }
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

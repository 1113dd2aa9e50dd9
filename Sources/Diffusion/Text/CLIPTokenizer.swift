/// Makes token ids of prompts, as the published `CLIPTokenizer` of transformers does.
///
/// Radford et al. 2021, section 2.4; see `PromptWords` for how a text is prepared.
package struct CLIPTokenizer: Sendable {
  private let encoding: BytePairEncoding
  private let symbols: [Int: String]
  private let marks: TokenizerMarks
  /// How many ids the vocabulary has room for: one more than the largest.
  package let vocabularySize: Int

  /// Reads the `vocab.json` and `merges.txt` of a model's folder `tokenizer`, or its `tokenizer.json`, and from `tokenizer_config.json` and
  /// `special_tokens_map.json`, where they are, which tokens mark start, end and padding.
  ///
  /// - Throws: `CheckpointError` for files that are missing, malformed, or do not fit together.
  package init(folder: String) throws(CheckpointError) {
    let vocabulary = try TokenizerVocabulary(folder: folder)
    marks = try TokenizerMarks(folder: folder, vocabulary)
    encoding = try vocabulary.encoding(unknown: marks.unknown)
    symbols = Dictionary(vocabulary.ids.map { ($1, $0) }) { first, _ in first }
    vocabularySize = 1 + (vocabulary.ids.values.max() ?? 0)
  }

  /// The ids of a text, however many, without those that mark start and end.
  package func ids(of text: String) -> [Int] {
    // Some marks count in the text as it is written, others once it is normalized.
    marks.split(text, isNormalized: false).flatMap { part -> [Int] in
      guard case .text(let text) = part else { return part.ids }
      return marks.split(PromptWords.normalized(text), isNormalized: true).flatMap { part -> [Int] in
        guard case .text(let text) = part else { return part.ids }
        return PromptWords.split(text).flatMap(encoding.encode)
      }
    }
  }

  /// A prompt as the text encoder takes it: start, at most `length` − 2 ids, end, and padding up to `length`.
  package func prompt(_ text: String, length: Int) -> PromptTokens {
    let ids = ids(of: text)
    let kept = ids.prefix(max(length - 2, 0))
    let marked = [marks.start] + kept + [marks.end]
    let padding = Array(repeating: marks.padding, count: max(length - marked.count, 0))
    return PromptTokens(
      ids: marked + padding, count: kept.count,
      dropped: kept.count < ids.count ? self.text(of: ids[kept.count...]) : nil)
  }

  /// The words that ids stand for, in lower case and with blanks between them.
  package func text(of ids: some Sequence<Int>) -> String {
    let words = ids.map { symbols[$0] ?? "" }.joined().replacing(BytePairEncoding.wordEnd, with: " ")
    let bytes = words.split(separator: " ", omittingEmptySubsequences: false).map(ByteSymbols.bytes)
    return String(decoding: Array(bytes.joined(separator: [0x20])), as: UTF8.self).trimmingBlanks
  }
}

/// A prompt in a text encoder's tokens.
package struct PromptTokens: Sendable, Hashable {
  /// As many as the encoder takes, start, end and padding among them.
  package let ids: [Int]
  /// How many of them are the prompt's own.
  package let count: Int
  /// The words at the prompt's end for which there was no room; nil when there was.
  package let dropped: String?
}

extension String {
  fileprivate var trimmingBlanks: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}

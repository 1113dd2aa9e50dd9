import Foundation

/// How a prompt is prepared and taken apart before its words are encoded: as transformers' `CLIPTokenizer` does it (the
/// one on top of the `tokenizers` library, which diffusers' pipelines load).
///
/// That one composes characters (NFC), makes one blank of every run of white space, and lowers letters one by one. Unlike
/// OpenAI's own code it neither mends mojibake (ftfy) nor reads HTML entities.
enum PromptWords {
  /// The text in composed characters, lower case and single blanks.
  static func normalized(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    var isBlank = false
    for scalar in text.precomposedStringWithCanonicalMapping.unicodeScalars {
      let wasBlank = isBlank
      isBlank = scalar.properties.isWhitespace
      if isBlank {
        if !wasBlank { result.append(" ") }
      } else {
        // Letter by letter: a sigma at a word's end is lowered as any other.
        result.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
      }
    }
    return String(result)
  }

  /// The words of a normalized text: endings of English contractions, runs of letters, single digits, and runs of all
  /// else that is not blank.
  static func split(_ text: String) -> [String] {
    let scalars = Array(text.unicodeScalars)
    var words: [String] = []
    var start = 0
    while start < scalars.count {
      let lengths = lengths(of: scalars[start...])
      for length in lengths.words {
        words.append(String(String.UnicodeScalarView(scalars[start..<start + length])))
        start += length
      }
      start += lengths.blanks
    }
    return words
  }

  /// How many scalars the next words have, or how many blanks come before them.
  private static func lengths(of rest: ArraySlice<Unicode.Scalar>) -> (words: [Int], blanks: Int) {
    let first = rest.first!
    if first.properties.isWhitespace { return ([], 1) }
    for marker in markers where rest.starts(with: marker.concatenated) { return (marker.lengths, 0) }
    for ending in contractions where rest.starts(with: ending) { return ([ending.count], 0) }
    if first.isLetter { return ([rest.prefix(while: \.isLetter).count], 0) }
    if first.isNumber { return ([1], 0) }
    return ([rest.prefix { !$0.isLetter && !$0.isNumber && !$0.properties.isWhitespace }.count], 0)
  }

  private static let contractions = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"].map {
    Array($0.unicodeScalars)
  }

  /// Marks that are written out where they do not count as such, in capitals for one: three words, whatever is around them.
  private static let markers = ["startoftext", "endoftext"].map { word in
    (concatenated: Array("<|\(word)|>".unicodeScalars), lengths: [2, word.count, 2])
  }
}

extension Unicode.Scalar {
  fileprivate var isLetter: Bool {
    switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
    default: false
    }
  }

  fileprivate var isNumber: Bool {
    switch properties.generalCategory {
    case .decimalNumber, .letterNumber, .otherNumber: true
    default: false
    }
  }
}

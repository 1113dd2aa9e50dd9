/// Byte pair encoding: a word's bytes, joined pair by pair, the pair that was learned first before the others.
///
/// Source: Sennrich et al., "Neural Machine Translation of Rare Words with Subword Units", 2016; the bytes' printable
/// stand-ins are GPT-2's (Radford et al. 2019).
struct BytePairEncoding: Sendable {
  /// Marks the last symbol of a word.
  static let wordEnd = "</w>"

  private struct Pair: Hashable {
    var left: Int
    var right: Int
  }

  private struct Merge {
    /// Which was learned when: lower is earlier.
    var rank: Int
    var result: Int
  }

  private let ids: [String: Int]
  private let merges: [Pair: Merge]
  private let unknown: Int

  /// An encoding.
  ///
  /// - Parameters:
  ///   - ids: of every symbol, by its text in stand-ins.
  ///   - merges: pairs of symbols that are joined, the first learned first.
  ///   - unknown: what stands for a byte without a symbol.
  /// - Throws: the first merge with a symbol, or a result, that has no id, and its index.
  init(
    ids: [String: Int], merges pairs: [(String, String)], unknown: Int
  ) throws(UnknownSymbol) {
    self.ids = ids
    self.unknown = unknown
    var merges: [Pair: Merge] = [:]
    merges.reserveCapacity(pairs.count)
    for (rank, (left, right)) in pairs.enumerated() {
      func id(_ symbol: String) throws(UnknownSymbol) -> Int {
        guard let id = ids[symbol] else { throw UnknownSymbol(merge: rank, symbol: symbol) }
        return id
      }
      let pair = try Pair(left: id(left), right: id(right))
      // A pair that is listed twice counts where it is listed last, as in the reference.
      merges[pair] = try Merge(rank: rank, result: id(left + right))
    }
    self.merges = merges
  }

  /// A merge that names a symbol without an id.
  struct UnknownSymbol: Error {
    /// Which merge, from 0 on.
    var merge: Int
    var symbol: String
  }

  /// The ids of a word, which is not empty.
  func encode(_ word: String) -> [Int] {
    let bytes = word.utf8.map { ByteSymbols.symbols[Int($0)] }
    var symbols = bytes.indices.map { index in
      ids[index == bytes.count - 1 ? bytes[index] + Self.wordEnd : bytes[index]] ?? unknown
    }
    var possible = symbols.indices.dropLast().map { merge(symbols, at: $0) }
    while let next = possible.indices.filter({ possible[$0] != nil }).min(by: {
      possible[$0]!.rank < possible[$1]!.rank
    }) {
      symbols[next] = possible[next]!.result
      symbols.remove(at: next + 1)
      possible.remove(at: next)
      if next > 0 { possible[next - 1] = merge(symbols, at: next - 1) }
      if next < possible.count { possible[next] = merge(symbols, at: next) }
    }
    return symbols
  }

  private func merge(_ symbols: [Int], at index: Int) -> Merge? {
    merges[Pair(left: symbols[index], right: symbols[index + 1])]
  }
}

/// The printable character that stands for each byte: those that print stand for themselves, the others for U+0100 on.
enum ByteSymbols {
  /// By byte.
  static let symbols: [String] = {
    var next: UInt32 = 0x100
    return (0..<256).map { byte -> String in
      switch byte {
      case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: return String(Unicode.Scalar(UInt8(byte)))
      default:
        defer { next += 1 }
        return String(Unicode.Scalar(next)!)
      }
    }
  }()

  private static let bytes: [Unicode.Scalar: UInt8] = Dictionary(
    uniqueKeysWithValues: symbols.enumerated().map { ($1.unicodeScalars.first!, UInt8($0)) })

  /// The bytes that symbols stand for; what stands for none is passed over.
  static func bytes(of symbols: some StringProtocol) -> [UInt8] {
    symbols.unicodeScalars.compactMap { bytes[$0] }
  }
}

/// A ranking as its rows are read.
struct RankingDraft {
  /// The row that began it.
  let first: AnswerRow
  /// Whether a row of it had a fault, which is said by itself.
  var isFaulty = false
  private var ranks: [Int?]
  private var positions: Set<Int> = []
  private var seconds = 0.0

  init(_ row: AnswerRow, count: Int) {
    first = row
    ranks = [Int?](repeating: nil, count: count)
  }

  /// Adds a row.
  ///
  /// - Parameters:
  ///   - picture: the picture's place among the ranks.
  ///   - words: what the row tells of, for faults.
  mutating func add(_ row: AnswerRow, picture: Int, words: String) throws(AnswerFault) {
    let range = 1...ranks.count
    let (position, rank) = (try row.integer(.position, in: range), try row.integer(.rank, in: range))
    guard ranks[picture] == nil else {
      throw AnswerFault(words: row.fault("\(words) is ranked twice", at: .method))
    }
    guard positions.insert(position).inserted else {
      throw AnswerFault(
        words: row.fault("\(words) stands at position \(position), where another one is", at: .position))
    }
    guard !ranks.contains(rank) else {
      throw AnswerFault(words: row.fault("\(words) has rank \(rank), which another one has", at: .rank))
    }
    ranks[picture] = rank
    seconds = Double(try row.integer(.ms, in: 0...Int(Int32.max))) / 1000
  }

  /// The ranking; nil where a picture has no rank.
  var ranking: Ranking? {
    let given = ranks.compactMap(\.self)
    return given.count == ranks.count ? Ranking(ranks: given, seconds: seconds) : nil
  }

  /// The places of pictures without a rank.
  var missing: [Int] { ranks.indices.filter { ranks[$0] == nil } }
}

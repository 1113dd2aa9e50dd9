/// The name that was probably meant: the nearest by edit distance if it is near enough, or one that the text is the
/// beginning of. Ties go to the first in alphabetical order.
public func nearestName(to text: String, among names: [String]) -> String? {
  let wanted = Array(text.lowercased().utf8)
  var limit = max(1, wanted.count / 3)
  var nearest: String?
  for name in names where name != text {
    let candidate = Array(name.lowercased().utf8)
    let isBeginning = wanted.count >= 2 && candidate.starts(with: wanted)
    guard let distance = isBeginning ? 0 : editDistance(wanted, candidate, limit: limit) else { continue }
    // Of two equally near, the first in the alphabet.
    if distance < limit || nearest.map({ name < $0 }) ?? true { nearest = name }
    limit = distance
  }
  return nearest
}

/// Insertions, deletions, replacements and swaps of neighbours between two words (optimal string alignment), in bytes;
/// nil when there are more than `limit`.
private func editDistance(_ first: [UInt8], _ second: [UInt8], limit: Int) -> Int? {
  guard abs(first.count - second.count) <= limit else { return nil }
  var beforeLast: [Int] = []
  var last = Array(0...second.count)
  for (i, a) in first.enumerated() {
    var row = last
    row[0] = i + 1
    for (j, b) in second.enumerated() {
      var best = min(row[j] + 1, last[j + 1] + 1, last[j] + (a == b ? 0 : 1))
      if i > 0, j > 0, a == second[j - 1], first[i - 1] == b { best = min(best, beforeLast[j - 1] + 1) }
      row[j + 1] = best
    }
    // A swap reaches back two rows.
    if min(row.min()!, last.min()!) > limit { return nil }
    (beforeLast, last) = (last, row)
  }
  return last[second.count] <= limit ? last[second.count] : nil
}

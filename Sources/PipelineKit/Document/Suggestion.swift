/// The name that was probably meant: the nearest by edit distance if it is near enough, or one that the text is the
/// beginning of. Ties go to the first in alphabetical order.
func nearestName(to text: String, among names: [String]) -> String? {
  let wanted = Array(text.lowercased())
  let limit = max(1, wanted.count / 3)
  let scored = names.compactMap { name -> (name: String, distance: Int)? in
    guard name != text else { return nil }
    let candidate = Array(name.lowercased())
    if wanted.count >= 2, candidate.starts(with: wanted) { return (name, 0) }
    guard abs(candidate.count - wanted.count) <= limit else { return nil }
    let distance = editDistance(wanted, candidate)
    return distance <= limit ? (name, distance) : nil
  }
  return scored.min { ($0.distance, $0.name) < ($1.distance, $1.name) }?.name
}

/// Insertions, deletions, replacements and swaps of neighbours between two words (optimal string alignment).
private func editDistance(_ first: [Character], _ second: [Character]) -> Int {
  var rows = [Array(0...second.count)]
  for (i, a) in first.enumerated() {
    var row = [i + 1]
    for (j, b) in second.enumerated() {
      var best = min(row[j] + 1, rows[i][j + 1] + 1, rows[i][j] + (a == b ? 0 : 1))
      if i > 0, j > 0, a == second[j - 1], first[i - 1] == b { best = min(best, rows[i - 1][j - 1] + 1) }
      row.append(best)
    }
    rows.append(row)
  }
  return rows[first.count][second.count]
}

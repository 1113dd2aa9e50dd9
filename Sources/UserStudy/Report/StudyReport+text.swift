import Foundation

extension StudyReport {
  /// The report for a person at a terminal.
  public var text: String {
    ([heading, exclusions, partial].compactMap(\.self)
      + questions.enumerated().map { text(of: $1, number: $0 + 1) })
      .joined(separator: "\n\n") + "\n"
  }

  private var heading: String {
    let left = participants.filter(\.exclusions.isEmpty).count
    return """
      \(key.title)
      \(Words.count(participants.count, "person", "people")) answered, \(left) \(left == 1 ? "counts" : "count"); \
      \(Words.count(key.groups.count, "group", "groups")) of \(key.count) methods. Rank 1 is best.
      """
  }

  private var exclusions: String? {
    let excluded = participants.filter { !$0.exclusions.isEmpty }
    guard !excluded.isEmpty else { return nil }
    return "Left out:\n"
      + excluded.map { "  \($0.name) (\($0.file)): \($0.exclusions.joined(separator: ", and "))" }
      .joined(separator: "\n")
  }

  private var partial: String? {
    let partial = participants.filter { $0.exclusions.isEmpty && $0.answers < key.screens }
    guard !partial.isEmpty else { return nil }
    return "Did not finish, and count with what they ranked:\n"
      + partial.map { "  \($0.name) (\($0.file)): \($0.answers) of \(key.screens)" }.joined(separator: "\n")
  }

  private func text(of question: QuestionResult, number: Int) -> String {
    [
      "\(number). \(question.text)   \(Words.count(question.people, "person", "people")), "
        + Words.count(question.answers, "answer", "answers"),
      ranks(question), wins(question), friedman(question), pairs(question),
    ].compactMap(\.self).joined(separator: "\n\n")
  }

  private func ranks(_ question: QuestionResult) -> String {
    let level = Words.exactPercent(options.level)
    let rows = question.methods.enumerated().map { index, method in
      [
        "\(index + 1) \(method.name)", Words.decimal(method.meanRank),
        method.meanRankInterval.map { "\(Words.decimal($0.lowerBound))–\(Words.decimal($0.upperBound))" }
          ?? "",
        Words.percent(method.first),
        method.firstInterval.map { "\(Int((100 * $0.lowerBound).rounded()))–\(Words.percent($0.upperBound))" }
          ?? "",
      ]
    }
    let table = Words.table([["", "mean rank", "\(level) interval", "first", "\(level) interval"]] + rows)
    return question.methods[0].meanRankInterval == nil
      ? table + "\n  No intervals: they take two people and two groups." : table
  }

  private func wins(_ question: QuestionResult) -> String {
    let numbers = question.methods.indices
    let rows = numbers.map { row in
      ["\(row + 1) \(question.methods[row].name)"]
        + numbers.map { column in
          row == column ? "" : Words.percent(Double(question.wins[row][column]) / Double(question.answers))
        }
    }
    return "  Ranked before, in a share of answers:\n"
      + Words.table([[""] + numbers.map { "\($0 + 1)" }] + rows)
  }

  private func friedman(_ question: QuestionResult) -> String {
    guard let test = question.friedman else {
      return question.people < 2
        ? "  No tests: they take two people." : "  No tests: everybody finds all methods equal in the mean."
    }
    return """
        Friedman's test of each person's mean ranks: χ²(\(test.degreesOfFreedom)) = \(Words.decimal(test.chiSquared)), \
      \(Words.probability(test.p)); Kendall's W = \(Words.decimal(test.concordance))
      """
        + (test.blocks < 10 ? "\n  With \(test.blocks) people the χ² distribution is a rough guide." : "")
  }

  private func pairs(_ question: QuestionResult) -> String? {
    guard let test = question.friedman else { return nil }
    let limit = 1 - options.level
    let rows = question.pairs.map { pair in
      [
        "\(question.methods[pair.first].name) – \(question.methods[pair.second].name)",
        Words.decimal(pair.difference), Words.probability(pair.p) + (pair.p < limit ? " *" : "  "),
      ]
    }
    let name =
      switch options.postHoc {
      case .nemenyi:
        "by Nemenyi's test of their mean ranks, critical difference \(Words.decimal(question.criticalDifference ?? 0))"
      case .wilcoxonHolm: "by Wilcoxon's signed-rank test of people's mean ranks, corrected by Holm's method"
      }
    return "  Pairs \(name) (* p < \(Words.level(limit))):\n" + Words.table(rows)
      + (test.p < limit
        ? "" : "\n  Friedman's test does not tell methods apart; a pair that differs may do so by chance.")
  }
}

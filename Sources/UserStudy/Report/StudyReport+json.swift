public import Foundations

extension StudyReport {
  /// The report for programs. Ranks are from 1, best; shares from 0 to 1; what is not known is null. `methods` of a question
  /// are in the order of their mean ranks, and so are rows and columns of `wins`.
  public var json: JSONValue {
    [
      "formatVersion": 1, "study": .string(key.study), "title": .string(key.title),
      "methods": .array(key.names.map { .string($0.name) }), "groups": JSONValue(key.groups.count),
      "screens": JSONValue(key.screens),
      "rules": [
        "attentionLimit": .number(options.attentionLimit), "repeatLimit": .number(options.repeatLimit),
        "postHoc": .string(options.postHoc.rawValue), "level": .number(options.level),
        "draws": JSONValue(options.draws), "seed": JSONValue(options.seed),
      ],
      "participants": .array(participants.map(\.json)), "questions": .array(questions.map(\.json)),
    ]
  }
}

extension QuestionResult {
  var json: JSONValue {
    [
      "text": .string(text), "answers": JSONValue(answers), "people": JSONValue(people),
      "groups": JSONValue(groups),
      "methods": .array(methods.map(\.json)),
      "wins": .array(wins.map { .array($0.map { JSONValue($0) }) }),
      "friedman": friedman?.json ?? .null,
      "criticalDifference": criticalDifference.map { .number($0) } ?? .null,
      "pairs": .array(pairs.map { json(of: $0) }),
    ]
  }

  private func json(of pair: Pair) -> JSONValue {
    var members: [String: JSONValue] = [
      "first": .string(methods[pair.first].name), "second": .string(methods[pair.second].name),
      "difference": .number(pair.difference), "p": .number(pair.p),
    ]
    if let test = pair.wilcoxon {
      members["statistic"] = .number(test.statistic)
      members["uncorrected"] = .number(test.p)
      members["exact"] = .bool(test.isExact)
    }
    return .object(members)
  }
}

extension QuestionResult.Method {
  fileprivate var json: JSONValue {
    [
      "name": .string(name), "meanRank": .number(meanRank), "meanRankInterval": .interval(meanRankInterval),
      "first": .number(first), "firstInterval": .interval(firstInterval),
      "ranks": .array(ranks.map { JSONValue($0) }),
    ]
  }
}

extension FriedmanTest {
  /// `blocks` are people: each method's value is a person's mean rank of it.
  fileprivate var json: JSONValue {
    [
      "blocks": JSONValue(blocks), "meanRanks": .array(meanRanks.map { .number($0) }),
      "chiSquared": .number(chiSquared), "degreesOfFreedom": JSONValue(degreesOfFreedom), "p": .number(p),
      "kendallW": .number(concordance),
    ]
  }
}

extension JSONValue {
  fileprivate static func interval(_ range: ClosedRange<Double>?) -> JSONValue {
    range.map { [.number($0.lowerBound), .number($0.upperBound)] } ?? .null
  }
}

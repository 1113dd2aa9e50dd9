import Foundation
import Foundations

/// How somebody answered, and whether it counts.
struct ParticipantResult: Sendable, Equatable {
  /// The participant's code.
  var name: String
  /// The file of the answers.
  var file: String
  /// How many screens were ranked.
  var answers: Int
  /// How long a screen took, in the median.
  var seconds: Double
  /// What share of the pairs of obvious pictures was ordered wrongly; nil where none was answered.
  var attention: Double?
  /// What share of pairs was ordered differently when a group was shown again; nil where none was answered twice.
  var repeats: Double?
  /// Why the answers do not count: one reason or two, or none.
  var exclusions: [String]

  init(_ participant: StudyAnswers.Participant, _ key: StudyKey, _ options: ReportOptions) {
    (name, file, answers) = (participant.name, participant.file, participant.rankings.count)
    let times = participant.rankings.values.map(\.seconds).sorted()
    seconds = times.isEmpty ? 0 : (times[times.count / 2] + times[(times.count - 1) / 2]) / 2
    attention = Self.share(
      participant.rankings.filter { key.attention[$0.key.group] != nil }.map { _, ranking in
        // The key has them in their order.
        Ranking.disagreement(ranking.ranks, Array(ranking.ranks.indices))
      })
    repeats = Self.share(
      participant.rankings.filter(\.key.isRepeat).compactMap { screen, ranking in
        let first = participant.rankings[
          Screen(group: screen.group, question: screen.question, isRepeat: false)]
        return first.map { Ranking.disagreement(ranking.ranks, $0.ranks) }
      })
    exclusions = []
    if let attention, attention > options.attentionLimit {
      exclusions.append(
        "orders \(Words.exactPercent(attention)) of the pairs of obvious pictures wrongly (limit "
          + "\(Words.exactPercent(options.attentionLimit)))")
    }
    if let repeats, repeats > options.repeatLimit {
      exclusions.append(
        "orders \(Words.exactPercent(repeats)) of pairs differently when a group is shown again (limit "
          + "\(Words.exactPercent(options.repeatLimit)))")
    }
  }

  private static func share(_ counts: [(differing: Int, pairs: Int)]) -> Double? {
    let pairs = counts.map(\.pairs).reduce(0, +)
    return pairs == 0 ? nil : Double(counts.map(\.differing).reduce(0, +)) / Double(pairs)
  }

  var json: JSONValue {
    [
      "name": .string(name), "file": .string(file), "answers": JSONValue(answers),
      "seconds": .number(seconds),
      "obviousWrong": attention.map { .number($0) } ?? .null,
      "repeatsDiffering": repeats.map { .number($0) } ?? .null,
      "exclusions": .array(exclusions.map { .string($0) }),
    ]
  }
}

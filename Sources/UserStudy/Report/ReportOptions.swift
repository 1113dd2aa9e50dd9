/// How answers are judged.
public struct ReportOptions: Sendable, Equatable {
  /// How pairs of methods are compared after Friedman's test.
  public enum PostHoc: String, Sendable, CaseIterable {
    /// All pairs by the studentized range.
    case nemenyi
    /// Each pair by Wilcoxon's signed-rank test, all of them together corrected by Holm's method.
    case wilcoxonHolm = "wilcoxon-holm"
  }

  /// How pairs of methods are compared.
  public var postHoc = PostHoc.nemenyi
  /// How often people and groups are drawn again for intervals; 100 or more.
  public var draws = 2000
  /// Fixes the draws.
  public var seed = 0
  /// What share of draws an interval holds; pairs are told apart at 1 less this. Between 0.5 and 1.
  public var level = 0.95
  /// Somebody who orders more than this share of the pairs of obvious pictures wrongly is left out, from 0 to 1. Chance
  /// orders half of them wrongly.
  public var attentionLimit = 0.25
  /// Somebody who orders more than this share of pairs differently when a group is shown again is left out, from 0 to 1.
  /// Chance orders half of them differently.
  public var repeatLimit = 0.4

  /// The usual way.
  public init() {}

  /// - Throws: ``StudyFault`` for values out of their ranges.
  public func check() throws {
    guard draws >= 100 else { throw StudyFault("intervals take 100 draws or more, not \(draws)") }
    guard level > 0.5, level < 1 else { throw StudyFault("the level is between 0.5 and 1, not \(level)") }
    for (name, limit) in [("attention", attentionLimit), ("repeat", repeatLimit)] {
      guard (0...1).contains(limit) else {
        throw StudyFault("the \(name) limit is a share from 0 to 1, not \(limit)")
      }
    }
  }
}

package import Foundations

/// Why a picture or a box gave no pair.
package enum SkipReason: String, Sendable, Hashable, CaseIterable {
  /// The box covers too little of its picture.
  case boxTooSmall
  /// The box covers too much of its picture.
  case boxTooLarge
  /// The box has no pixels.
  case emptyBox
  /// The box reaches outside its picture.
  case boxOutside
  /// The picture has no box that the recipe can use.
  case noUsableBox
  /// The box stands for a group or a crowd, and groups were not asked for.
  case group
  /// A record of the annotations that cannot be understood: without a name or a size, with a box that is not four
  /// numbers, for a picture or of a category that there is not.
  case oddRecord
  /// There is no such picture.
  case missing
  /// The picture is no picture, or a damaged one.
  case unreadable
  /// The picture could not be read this time, for a reason that lies outside it: a permission, the disk, memory. Its
  /// shard is made anew by the next run.
  case outOfReach
  /// The picture has another size than its annotations say.
  case otherSize

  /// Whether it is a fault of the data or the machine, which is named one by one; else it is the recipe's choice.
  var isFault: Bool {
    switch self {
    case .boxTooSmall, .boxTooLarge, .noUsableBox, .group: false
    case .emptyBox, .boxOutside, .oddRecord, .missing, .unreadable, .outOfReach, .otherSize: true
    }
  }
}

/// One thing that went wrong, and where.
package struct PairProblem: Sendable, Hashable {
  /// The picture's path below the folder of pictures; of a record that names none, its place in the annotations.
  package var picture: String
  /// Why there is no pair.
  package var reason: SkipReason
  /// What exactly.
  package var detail: String

  /// One thing that went wrong.
  package init(picture: String, reason: SkipReason, detail: String) {
    (self.picture, self.reason, self.detail) = (picture, reason, detail)
  }

  var json: JSONValue {
    ["picture": .string(picture), "reason": .string(reason.rawValue), "detail": .string(detail)]
  }

  init?(json: JSONValue) {
    guard let picture = json["picture"]?.string, let detail = json["detail"]?.string,
      let reason = json["reason"]?.string.flatMap(SkipReason.init(rawValue:))
    else { return nil }
    self.init(picture: picture, reason: reason, detail: detail)
  }
}

/// What was made and what was skipped, and how the random choices fell out.
package struct PairTally: Sendable, Hashable {
  /// Boxes read.
  package var boxes = 0
  /// Pairs made.
  package private(set) var pairs = 0
  /// How often each reason came up.
  package private(set) var skipped: [SkipReason: Int] = [:]
  /// The first things that went wrong, up to ``problemLimit``.
  package private(set) var problems: [PairProblem] = []
  /// How many pairs a choice fell on: `freeForm`, `flip`, `turn`, `blur`, `elastic`, `squashed`.
  package private(set) var choices: [String: Int] = [:]
  /// The sum over all pairs of the hole's share of the scene.
  package private(set) var maskShare = 0.0

  /// How many problems are named one by one.
  package static let problemLimit = 1000

  /// Nothing yet.
  package init() {}

  /// Counts a pair.
  /// - Parameter maskShare: the hole's share of the scene.
  mutating func add(_ choice: PairChoice, maskShare: Double) {
    pairs += 1
    self.maskShare += maskShare
    let augmentation = choice.augmentation
    for (name, isChosen) in [
      ("freeForm", choice.shape.outline != nil), ("flip", augmentation.flips),
      ("turn", augmentation.degrees != nil), ("blur", augmentation.blurSize != nil),
      ("elastic", augmentation.anchors != nil), ("squashed", choice.isSquashed),
    ] { choices[name, default: 0] += isChosen ? 1 : 0 }
  }

  /// Counts something that is not worth naming.
  mutating func count(_ reason: SkipReason, times: Int = 1) {
    if times > 0 { skipped[reason, default: 0] += times }
  }

  /// Counts something that went wrong.
  mutating func add(_ problem: PairProblem) {
    count(problem.reason)
    if problems.count < Self.problemLimit { problems.append(problem) }
  }

  /// Adds another tally, which comes later.
  mutating func add(_ other: PairTally) {
    boxes += other.boxes
    pairs += other.pairs
    maskShare += other.maskShare
    skipped.merge(other.skipped) { $0 + $1 }
    choices.merge(other.choices) { $0 + $1 }
    problems += other.problems.prefix(Self.problemLimit - problems.count)
  }
}

extension PairTally {
  /// What a shard's own tally is kept as.
  var json: JSONValue {
    [
      "pairs": JSONValue(pairs), "maskShare": .number(maskShare), "boxes": JSONValue(boxes),
      "skipped": .object(
        Dictionary(uniqueKeysWithValues: skipped.map { ($0.rawValue, JSONValue($1)) })),
      "choices": .object(choices.mapValues { JSONValue($0) }), "problems": .array(problems.map(\.json)),
    ]
  }

  /// A kept tally; nil when it is none.
  init?(json: JSONValue) {
    guard let pairs = json["pairs"]?.integer, let maskShare = json["maskShare"]?.number,
      let boxes = json["boxes"]?.integer, let skipped = json["skipped"]?.object,
      let choices = json["choices"]?.object, let problems = json["problems"]?.array
    else { return nil }
    (self.pairs, self.maskShare, self.boxes) = (pairs, maskShare, boxes)
    for (name, count) in skipped {
      guard let reason = SkipReason(rawValue: name), let count = count.integer else { return nil }
      self.skipped[reason] = count
    }
    self.choices = choices.compactMapValues(\.integer)
    self.problems = problems.compactMap(PairProblem.init(json:))
  }

  /// For people and programs: counts, shares and what went wrong.
  package var report: JSONValue {
    let share = { (count: Double) in
      JSONValue.number(pairs == 0 ? 0 : (count / Double(pairs) * 1e4).rounded() / 1e4)
    }
    let named = problems.count
    let all = skipped.filter(\.key.isFault).values.reduce(0, +)
    return [
      "pairs": JSONValue(pairs), "boxes": JSONValue(boxes),
      "skipped": .object(
        Dictionary(uniqueKeysWithValues: skipped.map { ($0.rawValue, JSONValue($1)) })),
      "shares": .object(
        choices.mapValues { share(Double($0)) }.merging(["mask": share(maskShare)]) { $1 }),
      "problems": .array(problems.map(\.json)), "problemsNotNamed": JSONValue(all - named),
    ]
  }
}

/// What a study asks, and of how much.
public struct StudyOptions: Sendable {
  /// What the page is called.
  public var title = "Which picture is better?"
  /// What tells methods apart: a name among the rows' values, or `folder`, the name of the folder of results.
  public var method: String
  /// What tells groups apart; empty for everything that varies but the method.
  public var groupBy: [String] = []
  /// The output that is shown; nil for `picture`, or the only picture there is.
  public var output: String?
  /// What is asked of every group, at least one question.
  public var questions: [String]
  /// How many groups are shown, drawn at random; nil for all, at most 30.
  public var groups: Int?
  /// How many of them are shown twice, to see who answers alike.
  public var repeats = 2
  /// How many groups have an obvious answer, to see who looks: one picture, more and more damaged.
  public var attention = 1
  /// Whether groups that lack a method are left out instead of being a fault.
  public var skipsIncomplete = false
  /// Which groups are drawn.
  public var seed = 0
  /// The longest side of a picture in the page, in pixels.
  public var side = 768
  /// What hashes of names begin with, so that nobody guesses names by hashing; random.
  var salt: String

  /// The usual way.
  public init(method: String, questions: [String]) {
    (self.method, self.questions) = (method, questions)
    salt = (0..<2).map { _ in String(UInt64.random(in: 0...(.max)), radix: 16) }.joined()
  }

  /// How many methods can be ranked: letters and digits tell them apart.
  static let methods = 2...9
  /// How many groups are shown where nobody says.
  static let usualGroups = 30

  func check() throws {
    func refuse(_ words: String) -> StudyFault { StudyFault(words) }
    let texts = questions.map { $0.trimmingPrefix(while: \.isWhitespace) }
    guard !texts.isEmpty, texts.allSatisfy({ !$0.isEmpty }) else {
      throw refuse("a study asks at least one question: --question 'Which picture looks best?'")
    }
    guard Set(questions).count == questions.count else { throw refuse("a question is asked twice") }
    guard groups ?? 1 >= 1 else { throw refuse("a study shows at least one group") }
    guard repeats >= 0, attention >= 0 else { throw refuse("repeats and attention are 0 or more") }
    guard side >= 64 && side <= 4096 else {
      throw refuse("the longest side of pictures is from 64 to 4096 pixels, not \(side)")
    }
    guard method != "folder" || !groupBy.contains("folder") else {
      throw refuse("'folder' tells methods apart; it cannot tell groups apart as well")
    }
    guard !groupBy.contains(method) else {
      throw refuse("'\(method)' tells methods apart; it cannot tell groups apart as well")
    }
  }
}

/// A fault of this program, not of its user.
public struct InternalFault: Error, Sendable, CustomStringConvertible {
  /// What went wrong.
  public let message: String
  /// A fault of this program.
  public init(_ message: String) { self.message = message }
  /// In words.
  public var description: String { "internal fault: \(message)" }
}

/// A stage's data does not allow a result. The scheduler adds the stage's id and inputs.
public struct StageFailure: Error, Sendable, CustomStringConvertible {
  /// What is wrong, in the user's words.
  public let message: String
  /// What to do about it.
  public let advice: String?
  /// A failure in the user's words.
  public init(_ message: String, advice: String? = nil) {
    self.message = message
    self.advice = advice
  }
  /// In words.
  public var description: String { advice.map { "\(message) — \($0)" } ?? message }
}

/// An error that says that a resource is not on this machine, which is no fault of the document.
public protocol MissingResource: Error {}

/// Something outside the document is not there: a model, a program, a library.
public struct MissingDependency: MissingResource, Sendable, CustomStringConvertible {
  /// What is missing.
  public let message: String
  /// The command that mends it.
  public let remedy: String
  /// Something that is not there.
  public init(_ message: String, remedy: String) {
    self.message = message
    self.remedy = remedy
  }
  /// In words.
  public var description: String { "\(message) — \(remedy)" }
}

/// Several things outside the document are not there.
public struct MissingDependencies: MissingResource, Sendable, CustomStringConvertible {
  /// Each of them once, in the order of the plan.
  public let all: [MissingDependency]

  /// In words, one a line.
  public var description: String { all.map(\.description).joined(separator: "\n") }

  /// One error for all that is missing; nil for none. What is there but not known yet, such as an engine that has not
  /// been measured, is reported only when nothing is missing.
  static func combined(_ missing: [any MissingResource]) -> (any MissingResource)? {
    var seen: Set<String> = []
    let all = missing.compactMap { $0 as? MissingDependency }.filter { seen.insert($0.description).inserted }
    return all.count > 1 ? MissingDependencies(all: all) : all.first ?? missing.first
  }
}

/// A training that cannot begin or go on, in words for the person who started it.
public struct TrainingError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong, and what to do about it.
  public let description: String

  /// A training that cannot begin or go on.
  public init(_ description: String) { self.description = description }
}

/// Shards that cannot be written, in words for the person who asked for them.
public struct ShardError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong, and what to do about it.
  public let description: String
  init(_ description: String) { self.description = description }
}

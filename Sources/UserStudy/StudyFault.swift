/// Why a study cannot be made, or answers cannot be read.
public struct StudyFault: Error, Sendable, CustomStringConvertible {
  /// In words.
  public let description: String
  init(_ description: String) { self.description = description }
}

extension [String] {
  /// `a, b and 3 more`, for sentences that name what is wrong.
  func listed(most: Int = 6) -> String {
    count <= most
      ? joined(separator: ", ") : prefix(most).joined(separator: ", ") + " and \(count - most) more"
  }
}

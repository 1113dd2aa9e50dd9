/// Why a measure cannot be taken: what was given, and what is needed instead.
package struct EvaluationFault: Error, Hashable, CustomStringConvertible {
  /// In words.
  package let description: String
  /// Whether something is not on this machine, which the command in the words fetches.
  package let isMissing: Bool

  /// A fault in words.
  package init(_ description: String, isMissing: Bool = false) {
    (self.description, self.isMissing) = (description, isMissing)
  }
}

/// Why a measure cannot be taken: what was given, and what is needed instead.
package struct EvaluationFault: Error, Hashable, CustomStringConvertible {
  /// In words.
  package let description: String

  /// A fault in words.
  package init(_ description: String) { self.description = description }
}

import Foundation
import Foundations

/// A step could not make its result.
public struct FailedStep: Error, Sendable {
  /// The step's id.
  public let step: String
  /// The stage's name.
  public let stage: String
  /// What it was run with, by port.
  public let inputs: [String: String]
  /// Why.
  public let cause: any Error
  /// Where the document declares it.
  public let location: SourceLocation?

  /// In the user's words: what failed, with what, and why.
  public var message: String {
    let with = inputs.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", ")
    return "stage '\(step)' (\(stage)) failed: \(words(for: cause))"
      + (with.isEmpty ? "" : "\n  with \(with)")
  }
}

/// A run in which steps failed.
public struct RunFailure: Error, Sendable, CustomStringConvertible {
  /// The steps that failed.
  public let failures: [FailedStep]
  /// The steps that were not run because one they need failed.
  public let blocked: [String]

  /// In words: a line or two for each failure with its place, then what was not run.
  public var description: String {
    var lines = failures.map { step in
      (step.location.map { "\($0.file):\($0.line): " } ?? "") + "error: \(step.message)"
    }
    if !blocked.isEmpty { lines.append("not run because of that: \(blocked.joined(separator: ", "))") }
    return lines.joined(separator: "\n")
  }
}

/// An error in words for people. Foundation's own describe themselves as programs would have it.
func words(for error: any Error) -> String {
  if let error = FileError(error) { return "\(error)" }
  guard let error = error as? CocoaError else { return "\(error)" }
  let place = error.filePath.map { "\($0): " } ?? ""
  return place + error.localizedDescription
}

import Foundation
import Foundations

/// A row of answers as its file has it: one picture of one screen.
struct AnswerRow: Sendable {
  /// Where it stands.
  enum Place: Sendable {
    case line(Int)
    /// An object of a JSON array.
    case element(JSONDocument, Int)
  }

  /// What a row says, by the names of the page's columns; of which `client` is for the curious.
  enum Column: String, CaseIterable, Sendable {
    case study, participant, group, question, position
    case method = "method_hash"
    case rank, ms
    case repeatOf = "repeat_of"
    case attention, version
  }

  /// The file as it was named.
  var file: String
  var place: Place
  var fields: [String: String]

  /// What stands under a column; nothing where it is empty.
  subscript(_ column: Column) -> String { fields[column.rawValue] ?? "" }

  /// `answers/p1.csv:7: …`
  func fault(_ words: String, at column: Column? = nil) -> String {
    let line =
      switch place {
      case .line(let line): line
      case .element(let document, let index):
        document.location(of: JSONPointer(["\(index)"] + (column.map { [$0.rawValue] } ?? [])))?.line ?? 1
      }
    return "\(file):\(line): \(words)"
  }

  /// The whole number under a column.
  ///
  /// - Throws: ``AnswerFault`` for anything else.
  func integer(_ column: Column, in range: ClosedRange<Int>) throws(AnswerFault) -> Int {
    let text = self[column]
    guard let number = Int(text), range.contains(number) else {
      throw AnswerFault(
        words: fault(
          text.isEmpty
            ? "there is no \(column.rawValue)"
            : "\(column.rawValue) is '\(text)', not a number from \(range.lowerBound) to \(range.upperBound)",
          at: column))
    }
    return number
  }
}

/// What is wrong with a row, with its place.
struct AnswerFault: Error, Sendable {
  var words: String
}

import FileTesting
import Foundation

@testable import UserStudy

/// A study that nobody built, and answers that nobody gave.
struct InventedStudy {
  let folder: TemporaryFolder
  let key: StudyKey

  /// - Parameters:
  ///   - methods: names in alphabetical order.
  ///   - groups: how many there are, the first of them shown twice; and an obvious one.
  init(
    methods: [String] = ["alpha", "beta", "gamma"], groups: Int = 2, questions: [String] = ["Which is best?"]
  ) throws {
    folder = try TemporaryFolder()
    key = StudyKey(
      study: "s1", title: "Invented",
      methods: Dictionary(uniqueKeysWithValues: methods.map { ("m-\($0)", $0) }),
      groups: Dictionary(uniqueKeysWithValues: (0..<groups).map { (Self.group($0), "seed=\($0)") }),
      repeated: [Self.group(0)], attention: ["obvious": methods.indices.map { "damage-\($0)" }],
      questions: questions,
      salt: "", seed: 0)
  }

  /// The hash of a group, such that hashes are in the order of numbers.
  static func group(_ number: Int) -> String { "g" + String(1000 + number) }

  static let header =
    "study,participant,group,question,position,method_hash,rank,ms,repeat_of,attention,client,version"

  /// The rows of a screen.
  func screen(
    _ participant: String, _ group: String, _ ranks: [Int], question: Int = 1, again: Bool = false,
    milliseconds: Int = 1500
  ) -> [String] {
    let hashes = key.attention[group] ?? key.names.map(\.hash)
    return ranks.indices.map { index in
      "s1,\(participant),\(group),\(question),\(index + 1),\(hashes[index]),\(ranks[index]),\(milliseconds),"
        + "\(again ? group : ""),\(key.attention[group] == nil ? 0 : 1),\"Mozilla, like\",1"
    }
  }

  /// The rows of somebody who ranks every group, repeats what was said, and sees what is obvious.
  func rows(_ participant: String, _ ranks: [[Int]], question: Int = 1) -> [String] {
    ranks.enumerated().flatMap { screen(participant, Self.group($0), $1, question: question) }
      + screen(participant, Self.group(0), ranks[0], question: question, again: true)
      + screen(participant, "obvious", Array(1...key.count), question: question)
  }

  /// Writes rows as the page does.
  ///
  /// - Returns: the file's path.
  func write(_ rows: [String], to name: String) throws -> String {
    try Data(([Self.header] + rows).map { $0 + "\r\n" }.joined().utf8).write(to: folder[name])
    return folder[name].systemPath
  }

  /// Writes the same rows as JSON.
  func writeJSON(_ rows: [String], to name: String) throws -> String {
    let columns = Self.header.split(separator: ",")
    let objects = rows.map { row in
      let cells = row.replacing("\"Mozilla, like\"", with: "Mozilla").split(
        separator: ",", omittingEmptySubsequences: false)
      let members = zip(columns, cells).map { column, cell in
        let isNumber = ["question", "position", "rank", "ms", "attention", "version"].contains(column)
        return "  \"\(column)\": \(isNumber ? String(cell) : "\"\(cell)\"")"
      }
      return " {\n" + members.joined(separator: ",\n") + "\n }"
    }
    try Data("[\n\(objects.joined(separator: ",\n"))\n]".utf8).write(to: folder[name])
    return folder[name].systemPath
  }
}

import FileTesting
import Foundation
import Foundations
import Testing

@testable import UserStudy

@Suite("answers")
struct AnswerTests {
  let study: InventedStudy
  init() throws { study = try InventedStudy() }

  private func read(_ files: String...) throws -> StudyAnswers {
    try StudyAnswers(files: files, key: study.key)
  }

  /// What is said of a file, without the folder's path.
  private func fault(_ files: String...) throws -> String {
    let fault = #expect(throws: StudyFault.self) { try StudyAnswers(files: files, key: study.key) }
    return try #require(fault).description.replacing(study.folder[""].systemPath, with: "")
  }

  private var rows: [String] { study.rows("p1", [[1, 2, 3], [3, 1, 2]]) }

  @Test("are the same from CSV and JSON, whatever marks the file's beginning and its lines' ends")
  func forms() throws {
    let csv = try read(study.write(rows, to: "p1.csv"))
    let json = try read(study.writeJSON(rows, to: "p1.json"))
    let text = "\u{FEFF}" + ([InventedStudy.header] + rows).joined(separator: "\n")
    try Data(text.utf8).write(to: study.folder["marked.csv"])
    let marked = try read(study.folder["marked.csv"].systemPath)
    let ranking = csv.participants[0].rankings[
      Screen(group: InventedStudy.group(1), question: 0, isRepeat: false)]
    #expect(ranking == Ranking(ranks: [3, 1, 2], seconds: 1.5))
    #expect(csv.participants[0].rankings.count == 4 && csv.participants[0].name == "p1")
    #expect(json.participants[0].rankings == csv.participants[0].rankings)
    #expect(marked.participants[0].rankings == csv.participants[0].rankings)
  }

  @Test("of several people may be in one file")
  func together() throws {
    let both = try read(study.write(rows + study.rows("p2", [[2, 1, 3], [2, 1, 3]]), to: "all.csv"))
    #expect(both.participants.map(\.name) == ["p1", "p2"])
  }

  @Test(
    "with a fault are refused with its file and line",
    arguments: [
      (1, "g1000", "g7", "p.csv:2: the study has no group 'g7'"),
      (2, "m-beta", "m-delta", "p.csv:3: group 'seed=0', question 1 has no picture 'm-delta'"),
      (2, "m-beta", "m-alpha", "p.csv:3: group 'seed=0', question 1: method 'alpha' is ranked twice"),
      (
        3, ",3,m-gamma,3,", ",2,m-gamma,3,",
        "p.csv:4: group 'seed=0', question 1: method 'gamma' stands at position 2, where another one is"
      ),
      (
        3, "m-gamma,3,", "m-gamma,2,",
        "p.csv:4: group 'seed=0', question 1: method 'gamma' has rank 2, which another one has"
      ),
      (3, "m-gamma,3,", "m-gamma,,", "p.csv:4: there is no rank"),
      (3, "m-gamma,3,", "m-gamma,4,", "p.csv:4: rank is '4', not a number from 1 to 3"),
      (3, "m-gamma,3,", "m-gamma,best,", "p.csv:4: rank is 'best', not a number from 1 to 3"),
      (3, ",1,3,m-gamma", ",2,3,m-gamma", "p.csv:4: question is '2', not a number from 1 to 1"),
      (
        7, ",g1000,0,", ",g1001,0,", "p.csv:8: repeat_of is 'g1001'; the study does not show that group twice"
      ),
      (10, ",1,\"Moz", ",0,\"Moz", "p.csv:11: attention is '0', and the group is an obvious one"),
      (4, "p1", "", "p.csv:5: there is no participant"),
      (1, ",1500,", ",-1,", "p.csv:2: ms is '-1', not a number from 0"),
    ])
  func faults(_ line: Int, _ old: String, _ new: String, _ words: String) throws {
    var rows = rows
    try #require(rows[line - 1].contains(old))
    rows[line - 1] = rows[line - 1].replacing(old, with: new)
    let csv = try fault(study.write(rows, to: "p.csv"))
    #expect(csv.split(separator: "\n").contains { $0.hasPrefix(words) }, "\(csv)")
  }

  @Test("that lack a row are refused where their screen begins")
  func missing() throws {
    var rows = rows
    rows.remove(at: 4)
    #expect(
      try fault(study.write(rows, to: "p.csv"))
        == "p.csv:5: group 'seed=1', question 1 has no rank for method 'beta'")
  }

  @Test("in JSON are refused with the line of the value")
  func objects() throws {
    var rows = rows
    rows[1] = rows[1].replacing("m-beta,2,", with: "m-beta,9,")
    // A line for the array, 14 for the first object, and the eighth of the second.
    #expect(
      try fault(study.writeJSON(rows, to: "p.json")) == "p.json:23: rank is '9', not a number from 1 to 3")
    try Data("{}".utf8).write(to: study.folder["p.json"])
    #expect(try fault(study.folder["p.json"].systemPath) == "p.json:1: this is no array of answers")
    try Data("[\n1,".utf8).write(to: study.folder["p.json"])
    #expect(try fault(study.folder["p.json"].systemPath).hasPrefix("p.json:2: "))
  }

  @Test("have all their faults said at once")
  func several() throws {
    var rows = rows
    rows[0] = rows[0].replacing("g1000", with: "g7")
    rows[4] = rows[4].replacing("m-beta,1", with: "m-beta,0")
    let lines = try fault(study.write(rows, to: "p.csv")).split(separator: "\n")
    #expect(lines.count == 3 && lines[0].hasPrefix("p.csv:2:") && lines[1].hasPrefix("p.csv:6:"), "\(lines)")
    #expect(lines[2] == "p.csv:3: group 'seed=0', question 1 has no rank for method 'alpha'")
  }

  @Test("of another study's key, of another version, and of one person twice are refused")
  func others() throws {
    let other = rows.map { "s2" + $0.dropFirst(2) }
    #expect(
      try fault(study.write(other, to: "p.csv"))
        == "p.csv:2: answers of study 's2'; the key is that of study 's1', 'Invented'")
    let later = rows.map { String($0.dropLast()) + "2" }
    #expect(
      try fault(study.write(later, to: "p.csv")) == "p.csv:2: answers of version '2'; version 1 is known here"
    )
    let twice = try fault(study.write(rows, to: "a.csv"), study.writeJSON(rows, to: "b.json"))
    #expect(
      twice
        == "b.json:4: the answers of participant 'p1' are in a.csv as well; they count once: leave one of them out"
    )
  }

  @Test("are no other files")
  func files() throws {
    #expect(try fault(study.folder["none.csv"].systemPath).contains("none.csv' cannot be read"))
    #expect(try fault(study.folder["none.json"].systemPath).contains("cannot be read"))
    #expect(
      try fault(study.folder["answers.txt"].systemPath)
        == "answers.txt is no file of answers: those end in .csv or .json")
    #expect(try fault(study.write([], to: "p.csv")) == "p.csv holds no answers")
    try Data("study;participant;rank\n".utf8).write(to: study.folder["p.csv"])
    #expect(
      try fault(study.folder["p.csv"].systemPath).hasPrefix(
        "p.csv:1: values are separated by semicolons"))
    try Data("study,participant,rank\n".utf8).write(to: study.folder["p.csv"])
    #expect(
      try fault(study.folder["p.csv"].systemPath).hasPrefix("p.csv:1: there is no column group, question"))
  }

  @Test(
    "are read by no key that somebody changed",
    arguments: [
      ("m-alpha", "m-beta"), ("damage-0", "damage-1"), ("\"repeated\": [", "\"repeated\": [\n\"g7\","),
      ("\"Which is best?\"", ""), ("\"seed=0\"", "0"), ("\"seed\": 0", "\"seed\": 0, \"note\": 1"),
    ])
  func changedKey(_ old: String, _ new: String) throws {
    let text = JSONWriter.pretty(study.key.json)
    let file = study.folder["key.json"]
    try Data(text.utf8).write(to: file)
    #expect(try StudyKey(file) == study.key)
    try #require(text.contains(old))
    try Data(text.replacing(old, with: new).utf8).write(to: file)
    #expect(throws: StudyFault.self) { try StudyKey(file) }
  }
}

import Foundation

/// What people answered, as their files have it; nothing is left out.
public struct StudyAnswers: Sendable {
  /// The study's key.
  let key: StudyKey
  /// Who answered, in the order of their files.
  let participants: [Participant]

  /// Somebody who answered.
  struct Participant: Sendable {
    /// The participant's code.
    var name: String
    /// The file of the answers.
    var file: String
    var rankings: [Screen: Ranking]
  }

  /// The answers in some files.
  ///
  /// - Parameters:
  ///   - files: paths of CSV and JSON files as the page saves them, one or more people's answers each.
  ///   - key: the key that was written beside the page.
  /// - Throws: ``StudyFault`` with every fault and its file and line: answers of another study, unknown groups, pictures
  ///   and questions, ranks that are missing, no number or given twice, and people whose answers are there twice.
  public init(files: [String], key: StudyKey) throws {
    var reader = AnswerReader(key)
    for file in files { reader.read(try AnswerFile(file)) }
    guard reader.faults.isEmpty else {
      let shown = reader.faults.prefix(20)
      throw StudyFault(
        (shown
          + (reader.faults.count > shown.count ? ["… and \(reader.faults.count - shown.count) more"] : []))
          .joined(separator: "\n"))
    }
    self.key = key
    participants = reader.participants
  }
}

/// Puts rows together to rankings.
private struct AnswerReader {
  let key: StudyKey
  /// The hashes of methods, by their names.
  let methods: [String]
  var participants: [StudyAnswers.Participant] = []
  var faults: [String] = []
  /// The file of each participant.
  private var files: [String: String] = [:]

  init(_ key: StudyKey) {
    self.key = key
    methods = key.names.map(\.hash)
  }

  mutating func read(_ file: AnswerFile) {
    var names: [String] = []
    var rows: [String: [AnswerRow]] = [:]
    for row in ofThisStudy(file) {
      if rows[row[.participant]] == nil { names.append(row[.participant]) }
      rows[row[.participant], default: []].append(row)
    }
    for name in names {
      let own = rows[name] ?? []
      guard isNew(name, own[0]) else { continue }
      participants.append(StudyAnswers.Participant(name: name, file: file.name, rankings: rankings(own)))
    }
  }

  /// The rows that can be of this study. A wrong key makes every row wrong, and is said once.
  private mutating func ofThisStudy(_ file: AnswerFile) -> [AnswerRow] {
    for (column, meant) in [(AnswerRow.Column.study, key.study), (.version, "\(Study.pageVersion)")] {
      guard let row = file.rows.first(where: { $0[column] != meant }) else { continue }
      faults.append(
        row.fault(
          column == .study
            ? "answers of study '\(row[column])'; the key is that of study '\(meant)', '\(key.title)'"
            : "answers of version '\(row[column])'; version \(meant) is known here", at: column))
      return []
    }
    return file.rows
  }

  /// Whether somebody's answers are there for the first time.
  private mutating func isNew(_ name: String, _ row: AnswerRow) -> Bool {
    if name.isEmpty {
      faults.append(row.fault("there is no participant", at: .participant))
      return false
    }
    guard let other = files.updateValue(row.file, forKey: name) else { return true }
    faults.append(
      row.fault(
        "the answers of participant '\(name)' are in \(other) as well; they count once: leave one of them out",
        at: .participant))
    return false
  }

  /// One person's rankings.
  private mutating func rankings(_ rows: [AnswerRow]) -> [Screen: Ranking] {
    var order: [Screen] = []
    var drafts: [Screen: RankingDraft] = [:]
    for row in rows {
      do throws(AnswerFault) {
        let screen = try screen(of: row)
        if drafts[screen] == nil { order.append(screen) }
        try add(row, to: &drafts[screen, default: RankingDraft(row, count: key.count)], screen)
      } catch {
        faults.append(error.words)
      }
    }
    for screen in order {
      guard let draft = drafts[screen], !draft.isFaulty, draft.ranking == nil else { continue }
      let pictures = draft.missing.map { words(screen, $0) }
      faults.append(draft.first.fault("\(words(screen)) has no rank for \(pictures.listed())"))
    }
    return drafts.compactMapValues(\.ranking)
  }

  private func add(_ row: AnswerRow, to draft: inout RankingDraft, _ screen: Screen) throws(AnswerFault) {
    do throws(AnswerFault) {
      guard let picture = (key.attention[screen.group] ?? methods).firstIndex(of: row[.method]) else {
        throw AnswerFault(words: row.fault("\(words(screen)) has no picture '\(row[.method])'", at: .method))
      }
      try draft.add(row, picture: picture, words: "\(words(screen)): \(words(screen, picture))")
    } catch {
      draft.isFaulty = true
      throw error
    }
  }

  private func screen(of row: AnswerRow) throws(AnswerFault) -> Screen {
    let (group, again) = (row[.group], row[.repeatOf])
    let isObvious = key.attention[group] != nil
    guard isObvious || key.groups[group] != nil else {
      throw AnswerFault(words: row.fault("the study has no group '\(group)'", at: .group))
    }
    let question = try row.integer(.question, in: 1...key.questions.count) - 1
    guard again.isEmpty || again == group && key.repeated.contains(group) else {
      throw AnswerFault(
        words: row.fault("repeat_of is '\(again)'; the study does not show that group twice", at: .repeatOf))
    }
    guard row[.attention] == (isObvious ? "1" : "0") else {
      throw AnswerFault(
        words: row.fault(
          "attention is '\(row[.attention])', and the group is \(isObvious ? "" : "not ")an obvious one",
          at: .attention))
    }
    return Screen(group: group, question: question, isRepeat: !again.isEmpty)
  }

  // MARK: Words

  private func words(_ screen: Screen) -> String {
    "group '\(key.groups[screen.group] ?? "obvious")', question \(screen.question + 1)\(screen.isRepeat ? ", shown again" : "")"
  }

  private func words(_ screen: Screen, _ picture: Int) -> String {
    key.attention[screen.group] == nil
      ? "method '\(key.names[picture].name)'" : "the picture of damage \(picture)"
  }
}

public import Experiments
public import Foundation
import Foundations
import PipelineKit
import Reports

/// A user study: results of several methods that people rank without knowing which is which.
public struct Study: Sendable {
  /// What the page must not say.
  public let key: StudyKey
  /// Names of groups that were left out because they lack a method.
  public let skipped: [String]

  private let options: StudyOptions
  private let chosen: [StudyGroup]

  /// The study of some folders of results.
  ///
  /// - Throws: ``StudyFault``, before any picture is read.
  public init(of folders: [ResultsFolder], _ options: StudyOptions) throws {
    try options.check()
    let all = try StudyGroups(folders, options)
    let count = options.groups ?? min(all.groups.count, StudyOptions.usualGroups)
    guard all.groups.count >= count, count > 0 else {
      throw StudyFault(
        "\(count) groups are wanted; there \(all.groups.count == 1 ? "is" : "are") \(all.groups.count) with every "
          + "method" + (all.skipped.isEmpty ? "" : ", \(all.skipped.count) lack one"))
    }
    guard options.repeats <= count else {
      throw StudyFault("\(options.repeats) groups are to be shown twice; the study shows \(count)")
    }
    try Self.checkBlind(options, all.methods)
    var random = SeededGenerator(seed: options.seed, stream: "study")
    let chosen = Array(all.groups.shuffled(using: &random).prefix(count))
    self.chosen = chosen
    self.options = options
    skipped = all.skipped
    func hash(_ name: String, _ kind: String) -> String {
      StudyKey.hash(name, of: kind, salt: options.salt)
    }
    let damaged = (0..<options.attention).map { number in
      (
        hash("\(number)", "attention"),
        all.methods.indices.map { hash("\(number) damaged by \($0)", "picture") }
      )
    }
    key = StudyKey(
      study: hash(options.title, "study"), title: options.title,
      methods: Dictionary(uniqueKeysWithValues: all.methods.map { (hash($0, "method"), $0) }),
      groups: Dictionary(uniqueKeysWithValues: chosen.map { (hash($0.name, "group"), $0.name) }),
      repeated: Set(chosen.prefix(options.repeats).map { hash($0.name, "group") }),
      attention: Dictionary(uniqueKeysWithValues: damaged), questions: options.questions,
      salt: options.salt, seed: options.seed)
  }

  /// What people read must not name a method. Numbers and letters alone are no names.
  private static func checkBlind(_ options: StudyOptions, _ methods: [String]) throws {
    for text in [options.title] + options.questions {
      if let method = methods.first(where: { $0.count > 3 && text.localizedCaseInsensitiveContains($0) }) {
        throw StudyFault("'\(text)' names the method '\(method)'; people are not to know methods")
      }
    }
  }

  /// Writes page and key, each whole or not at all.
  ///
  /// - Throws: ``StudyFault`` where a key is there already, for answers to its page mean nothing without it;
  ///   `FileError`; `CancellationError`.
  public func write(page: URL, key file: URL) throws {
    guard !FileManager.default.fileExists(atPath: file.path(percentEncoded: false)) else {
      throw StudyFault(
        "\(file.path(percentEncoded: false)) is there already: the key of a study whose answers could not be read "
          + "without it; choose another --out, or remove it")
    }
    let content = PageTemplate(
      title: "Study", body: Data(PackageResources.study_html), style: PackageResources.study_css,
      script: PackageResources.study_js
    ).filled(with: try data())
    try AtomicFile(file).write(Data(JSONWriter.pretty(key.json).utf8))
    do {
      try AtomicFile(page).write(content)
    } catch {
      try? FileManager.default.removeItem(at: file)
      throw error
    }
  }

  /// What `study.js` reads.
  func data() throws -> JSONValue {
    let groups = try chosen.map { try json(of: $0) } + attentionGroups()
    return [
      "study": .string(key.study), "title": .string(key.title), "version": JSONValue(Self.pageVersion),
      "questions": .array(options.questions.map { .string($0) }),
      "orders": .array(
        LatinSquare(key.count).orders.map { .array($0.map { JSONValue($0) }) }),
      // By hash, so that places tell nothing.
      "groups": .array(groups.sorted { ($0["id"]?.string ?? "") < ($1["id"]?.string ?? "") }),
    ]
  }

  /// The form of pages and of their answers.
  static let pageVersion = 1

  private func json(of group: StudyGroup) throws -> JSONValue {
    try Task.checkCancellation()
    let id = key.hash(group.name, of: "group")
    let pictures = try group.rows.map { method, row in
      (key.hash(method, of: "method"), try StudyPicture.uri(row.file, side: options.side))
    }
    return [
      "id": .string(id), "repeated": .bool(key.repeated.contains(id)), "attention": false,
      "inputs": .array(try inputs(of: group)), "pictures": Self.pictures(pictures),
    ]
  }

  private static func pictures(_ pictures: [(hash: String, uri: String)]) -> JSONValue {
    .array(
      pictures.sorted { $0.hash < $1.hash }.map { ["hash": .string($0.hash), "uri": .string($0.uri)] })
  }

  /// The pictures that all methods were given. What only one was given would tell it.
  private func inputs(of group: StudyGroup) throws -> [JSONValue] {
    let rows = group.rows.sorted { $0.key < $1.key }.map(\.value)
    let sources = rows.map { SourcePictures.of($0.record, in: $0.folder) }
    guard let first = sources.first else { return [] }
    var seen: Set<String> = []
    let shared = first.filter { source in
      sources.allSatisfy { $0.contains { $0.digest == source.digest } } && seen.insert(source.digest).inserted
    }
    return try shared.sorted { Self.rank($0.name) < Self.rank($1.name) }.enumerated().map { index, source in
      // A stage's id may hold a method's name; people need to know the usual three.
      [
        "name": .string(Self.known.contains(source.name) ? source.name : "input \(index + 1)"),
        "uri": .string(try StudyPicture.uri(source.file, side: options.side)),
      ]
    }
  }

  private static let known = ["scene", "mask", "hole", "exemplar", "reference", "object"]
  private static func rank(_ name: String) -> Int { known.firstIndex(of: name) ?? known.count }

  /// One picture and less and less of it.
  private func attentionGroups() throws -> [JSONValue] {
    try key.attention.sorted { $0.key < $1.key }.enumerated().map { index, group in
      try Task.checkCancellation()
      // The last of those drawn: the first are the ones that are shown twice.
      let source = chosen[chosen.count - 1 - index % chosen.count]
      let row = source.rows.sorted { $0.key < $1.key }[index % key.count].value
      let pictures = try group.value.enumerated().map { level, hash in
        (hash, try StudyPicture.uri(row.file, side: options.side, damage: level == 0 ? 1 : 2 << level))
      }
      return [
        "id": .string(group.key), "repeated": false, "attention": true,
        "inputs": .array(try inputs(of: source)), "pictures": Self.pictures(pictures),
      ]
    }
  }
}

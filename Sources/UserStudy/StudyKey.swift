public import Foundation
import Foundations
import PipelineKit

/// What the page must not say: which hash is which method, and what groups are. Without it answers mean nothing.
public struct StudyKey: Sendable, Equatable {
  /// The study's name in its answers.
  public var study: String
  /// What the page is called.
  public var title: String
  /// The methods' names by hash.
  public var methods: [String: String]
  /// The groups' names by hash.
  public var groups: [String: String]
  /// The hashes of groups that are shown twice.
  public var repeated: Set<String>
  /// Groups with an obvious answer by hash: the hashes of their pictures, the best first.
  public var attention: [String: [String]]
  /// What is asked; answers give the number, from 1.
  public var questions: [String]
  /// What the hashes begin with.
  public var salt: String
  /// Which groups were drawn.
  public var seed: Int

  /// The hash of a name: 12 hexadecimal digits.
  func hash(_ name: String, of kind: String) -> String { Self.hash(name, of: kind, salt: salt) }

  static func hash(_ name: String, of kind: String, salt: String) -> String {
    String(ContentDigest(of: Data("\(salt)\n\(kind)\n\(name)".utf8)).description.prefix(12))
  }

  /// How many pictures a group shows.
  var count: Int { methods.count }

  /// How many screens a participant ranks.
  var screens: Int { questions.count * (groups.count + repeated.count + attention.count) }

  /// The methods by name.
  var names: [(name: String, hash: String)] { methods.map { ($1, $0) }.sorted { $0.0 < $1.0 } }

  var json: JSONValue {
    [
      "formatVersion": 1, "study": .string(study), "title": .string(title), "salt": .string(salt),
      "seed": JSONValue(seed), "questions": .array(questions.map { .string($0) }),
      "methods": .object(methods.mapValues { .string($0) }),
      "groups": .object(groups.mapValues { .string($0) }),
      "repeated": .array(repeated.sorted().map { .string($0) }),
      "attention": .object(attention.mapValues { .array($0.map { .string($0) }) }),
    ]
  }

  /// From a key file.
  ///
  /// - Throws: ``StudyFault`` for what is no key.
  public init(_ file: URL) throws {
    let path = file.path(percentEncoded: false)
    guard let data = try? Data(contentsOf: file) else { throw StudyFault("cannot read the key \(path)") }
    guard let json = try? JSONValue(parsing: data),
      json["formatVersion"] == 1, let study = json["study"]?.string, let title = json["title"]?.string,
      let methods = json["methods"]?.object, let groups = json["groups"]?.object,
      let questions = json["questions"]?.array, let salt = json["salt"]?.string,
      let seed = json["seed"]?.integer, let repeated = json["repeated"]?.array,
      let attention = json["attention"]?.object
    else { throw StudyFault("\(path) is no key of a study; 'study build' writes it beside the page") }
    self.init(
      study: study, title: title, methods: methods.compactMapValues(\.string),
      groups: groups.compactMapValues(\.string), repeated: Set(repeated.compactMap(\.string)),
      attention: attention.compactMapValues { $0.array?.compactMap(\.string) },
      questions: questions.compactMap(\.string), salt: salt, seed: seed)
    guard self.json == json, isWhole else {
      throw StudyFault("the key \(path) is not as 'study build' wrote it: something was changed in it")
    }
  }

  /// Whether what belongs together is there.
  private var isWhole: Bool {
    StudyOptions.methods.contains(count) && !groups.isEmpty && !questions.isEmpty
      && repeated.isSubset(of: groups.keys)
      && attention.allSatisfy { Set($1).count == count && groups[$0] == nil }
  }

  init(
    study: String, title: String, methods: [String: String], groups: [String: String], repeated: Set<String>,
    attention: [String: [String]], questions: [String], salt: String, seed: Int
  ) {
    (self.study, self.title, self.methods, self.groups) = (study, title, methods, groups)
    (self.repeated, self.attention, self.questions) = (repeated, attention, questions)
    (self.salt, self.seed) = (salt, seed)
  }
}

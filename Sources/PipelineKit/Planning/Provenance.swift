public import Foundation

/// How a file came to be, as a sink wrote it into the file.
public struct Provenance: Sendable {
  /// The stage that wrote the file.
  public let sink: String
  /// The part of the resolved document that the file was made of.
  public let document: JSONValue
  /// Digests of the files that were read, by stage and parameter.
  public let files: [File]
  /// Names and versions of what computed.
  public let environment: [String: String]

  private let resources: [String: JSONValue]

  /// A file that was read.
  public struct File: Sendable, Hashable {
    /// The stage that read it.
    public let stage: String
    /// The parameter that named it.
    public let parameter: String
    /// Its path as it was written.
    public let path: String
    /// Its content, as a hexadecimal SHA-256.
    public let digest: String
  }

  /// From the JSON in the file; nil when it is none of this version.
  public init?(json: JSONValue) {
    guard json["provenanceVersion"]?.integer == 1, let sink = json["sink"]?.string,
      let document = json["document"],
      let stages = document["stages"]?.object, stages[sink] != nil
    else { return nil }
    self.sink = sink
    self.document = document
    environment = (json["environment"]?.object ?? [:]).compactMapValues(\.string)
    resources = (json["files"]?.object ?? [:]).filter { $0.value["sha256"] == nil }
    var files: [File] = []
    for (stage, declaration) in stages {
      for (parameter, value) in declaration["set"]?.object ?? [:] {
        let pointer = (JSONPointer.root / "stages" / stage / "set" / parameter).description
        guard let digest = json["files"]?[pointer]?["sha256"]?.string, let path = value.string else {
          continue
        }
        files.append(File(stage: stage, parameter: parameter, path: path, digest: digest))
      }
    }
    self.files = files.sorted { ($0.stage, $0.parameter) < ($1.stage, $1.parameter) }
  }

  /// What a plan to make the file again would compute with that is not what its maker computed with: models of
  /// other content, another engine.
  public func changedResources(in plan: Plan) -> [String] {
    plan.steps.flatMap { step in
      step.components.compactMap { pointer, now -> String? in
        guard let then = resources[pointer], then != now else { return nil }
        return RunReason.Change(pointer: pointer, old: then, new: now).phrase
      }
    }.sorted()
  }
}

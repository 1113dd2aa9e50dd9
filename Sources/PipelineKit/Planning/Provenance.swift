import Foundation

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

  /// The models and other resources that were computed with.
  public let resources: [NamedResource]

  /// A resource that was computed with.
  public struct NamedResource: Sendable, Hashable {
    /// Where the resolved document names it.
    public let pointer: String
    /// Its name or its path, as it was written.
    public let name: String
    /// What of it entered the fingerprint.
    public let identity: JSONValue
  }

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
    var files: [File] = []
    var resources: [NamedResource] = []
    for (stage, declaration) in stages {
      for (parameter, value) in declaration["set"]?.object ?? [:] {
        let pointer = (JSONPointer.root / "stages" / stage / "set" / parameter).description
        guard let path = value.string, let identity = json["files"]?[pointer] else { continue }
        if let digest = identity["sha256"]?.string {
          files.append(File(stage: stage, parameter: parameter, path: path, digest: digest))
        } else {
          resources.append(NamedResource(pointer: pointer, name: path, identity: identity))
        }
      }
    }
    self.files = files.sorted { ($0.stage, $0.parameter) < ($1.stage, $1.parameter) }
    self.resources = resources.sorted { $0.pointer < $1.pointer }
  }

  /// What a plan to make the file again would compute with that is not what its maker computed with: models of
  /// other content, another engine.
  public func changedResources(in plan: Plan) -> [String] {
    let now = plan.steps.reduce(into: [:]) { $0.merge($1.components) { first, _ in first } }
    return resources.compactMap { resource in
      guard let present = now[resource.pointer], present != resource.identity else { return nil }
      return RunReason.Change(pointer: resource.pointer, old: resource.identity, new: present).phrase
    }
  }
}

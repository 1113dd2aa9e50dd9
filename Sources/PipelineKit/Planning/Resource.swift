public import Foundation

/// Finds what parameters of kind `resource` name: models, and choices that depend on the machine.
public protocol ResourceFinder: Sendable {
  /// The resource a document names.
  ///
  /// - Parameters:
  ///   - name: as written.
  ///   - file: where the name leads if it is a path; throws when the document may not go there.
  /// - Throws: ``MissingDependency`` when there is none of that name.
  func find(_ name: String, file: () throws -> URL) throws -> Resource
}

/// What a name in a document stands for on this machine.
public struct Resource: Sendable, Hashable {
  /// What the resolved document says in the name's place.
  public var name: String
  /// Where it lies, if it is a file or a folder.
  public var location: URL?
  /// What of it enters the fingerprint: a digest of its content, not its place.
  public var identity: JSONValue

  /// What a name stands for.
  public init(name: String, location: URL? = nil, identity: JSONValue) {
    self.name = name
    self.location = location
    self.identity = identity
  }
}

import Foundation
import Foundations

/// Writes how the files of a plan came to be: for each sink the part of the resolved document its file is made of, the
/// digests of the files read, and the versions of what computed.
///
/// Sinks that share stages tell the same of them. So what a stage contributes becomes JSON once, and a sink's text
/// joins such pieces: of the stages its file is made of, and no others.
struct ProvenanceWriter {
  /// What one stage contributes.
  private struct Piece {
    /// Its member of the document's `stages`.
    let stage: String
    /// Its members of `files`.
    let files: [Member]
    /// Where the pieces of the stages it is linked to lie.
    let sources: [Int]
  }

  /// A member of an object, in JSON.
  private struct Member {
    let name: String
    let text: String
  }

  /// In the order of the stages' ids, in which JSON is written here.
  private let pieces: [Piece]
  private let places: [String: Int]
  private let environment: String

  /// - Parameters:
  ///   - nodes: the sinks and the nodes that their files are made of.
  ///   - files: what the files and resources that a node reads count by, by the pointers that their paths have in the
  ///     resolved document.
  init(_ nodes: [FlatStage], environment: JSONValue, files: (FlatStage) -> [String: JSONValue]) {
    let sorted = nodes.sorted { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) }
    let places = Dictionary(uniqueKeysWithValues: sorted.enumerated().map { ($1.id, $0) })
    pieces = sorted.map { node in
      Piece(
        stage: Self.member(node.id, ResolvedDocument.stage(node, hidesDestinations: true)),
        files: files(node).map { Member(name: $0, text: Self.member($0, $1)) },
        sources: Set(node.links.values.joined().map(\.node)).compactMap { places[$0] })
    }
    self.places = places
    self.environment = Self.text(environment)
  }

  /// What a sink writes into its file, as canonical JSON; nil for a stage that no sink's file is made of.
  func text(of sink: String) -> String? {
    guard let place = places[sink] else { return nil }
    let parts = self.parts(of: place).map { pieces[$0] }
    let files = parts.flatMap(\.files).sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    return [
      #"{"document":{"formatVersion":1,"stages":{"#, parts.map(\.stage).joined(separator: ","),
      #"}},"environment":"#, environment, #","files":{"#, files.map(\.text).joined(separator: ","),
      #"},"provenanceVersion":1,"sink":"#, JSONWriter.quoted(sink), "}",
    ].joined()
  }

  /// The pieces of a stage and of all that it is made of, in order.
  private func parts(of place: Int) -> [Int] {
    var seen: Set = [place]
    var pending = [place]
    while let next = pending.popLast() {
      for source in pieces[next].sources where seen.insert(source).inserted { pending.append(source) }
    }
    return seen.sorted()
  }

  private static func member(_ name: String, _ value: JSONValue) -> String {
    "\(JSONWriter.quoted(name)):\(text(value))"
  }

  private static func text(_ value: JSONValue) -> String {
    String(decoding: JSONWriter.canonical(value), as: UTF8.self)
  }
}

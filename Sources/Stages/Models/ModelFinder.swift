public import Diffusion
public import Foundation
public import PipelineKit

/// Finds the models that documents name. A model counts by the content of its files.
public struct ModelFinder: ResourceFinder {
  /// What is looked for.
  public enum Kind: Sendable {
    /// A diffusion model.
    case model
    /// A diffusion model whose networks may be without weights.
    case untrainedModel
    /// The weights of a network that stands alone.
    case weights
  }

  private let search: ModelSearch
  private let digests: DigestMemory
  private let kind: Kind

  /// A finder.
  ///
  /// - Parameters:
  ///   - memory: a file that remembers digests of large files; nil takes them anew each time.
  ///   - kind: what documents name by this finder.
  public init(_ search: ModelSearch, memory: URL?, kind: Kind = .model) {
    self.init(search, digests: DigestMemory(memory), kind: kind)
  }

  /// A finder that shares digests with others.
  package init(_ search: ModelSearch, digests: DigestMemory, kind: Kind) {
    (self.search, self.digests, self.kind) = (search, digests, kind)
  }

  /// The model of that name, or at that path when what is written is one.
  public func find(_ name: String, file: () throws -> URL) throws -> Resource {
    let path = try path(of: name, file: file)
    let root = URL(filePath: path)
    var identity: [String: JSONValue] = [:]
    for file in try files(at: path) {
      let url = URL(filePath: file)
      let label = file == path ? url.lastPathComponent : String(file.dropFirst(path.count + 1))
      identity[label] = .string(try digests.digest(of: url).description)
    }
    digests.save()
    let digest = ContentDigest(of: JSONWriter.canonical(.object(identity)))
    var members: [String: JSONValue] = ["model": .string(digest.description)]
    if let quantization = try quantization(at: path) { members["quantization"] = .string(quantization) }
    return Resource(name: name, location: root, identity: .object(members))
  }

  /// What of a diffusion model is quantised, in words, so that what is kept of a run says it.
  private func quantization(at path: String) throws -> String? {
    guard kind == .model else { return nil }
    let summaries = try DiffusionModel(path: path).quantization.map { "\($0.rawValue): \($1.description)" }
    return summaries.isEmpty ? nil : summaries.sorted().joined(separator: "; ")
  }

  private func files(at path: String) throws -> [String] {
    switch kind {
    case .model, .untrainedModel: try DiffusionModel(path: path).files()
    case .weights: try WeightFiles(at: path).all
    }
  }

  private func path(of name: String, file: () throws -> URL) throws -> String {
    if Self.isPath(name) {
      let path = try file().path(percentEncoded: false)
      guard FileManager.default.fileExists(atPath: path) else {
        throw MissingDependency("there is no model at '\(name)'", remedy: "check the path")
      }
      return path
    }
    if let path = search.path(of: name) { return path }
    // OWNER/NAME is a name first, and a path if there is no model of that name.
    if name.contains("/") {
      let path = try file().path(percentEncoded: false)
      if FileManager.default.fileExists(atPath: path) { return path }
    }
    guard name.count(where: { $0 == "/" }) < 2 else {
      throw MissingDependency("there is no model at '\(name)'", remedy: "check the path")
    }
    let others = search.models().map(\.name)
    let nearest = nearestName(to: name, among: others).map { "; did you mean '\($0)'?" } ?? ""
    throw MissingDependency(
      "the model '\(name)' is in none of \(search.folders.joined(separator: ", "))\(nearest)",
      remedy: "fetch it with: pipeline-run models pull \(name)")
  }

  private static func isPath(_ name: String) -> Bool {
    ["/", "./", "../"].contains { name.hasPrefix($0) } || name.hasSuffix("/") || WeightFiles.isWeights(name)
  }
}

public import Diffusion
public import Foundation
public import PipelineKit

/// Finds the models that documents name. A model counts by the content of its files.
public struct ModelFinder: ResourceFinder {
  private let search: ModelSearch
  private let digests: DigestMemory

  /// A finder.
  ///
  /// - Parameter memory: a file that remembers digests of large files; nil takes them anew each time.
  public init(_ search: ModelSearch, memory: URL?) {
    self.search = search
    digests = DigestMemory(memory)
  }

  /// The model of that name, or at that path when what is written has a slash or the ending of a checkpoint.
  public func find(_ name: String, file: () throws -> URL) throws -> Resource {
    let path = try Self.isPath(name) ? file().path(percentEncoded: false) : known(name)
    guard FileManager.default.fileExists(atPath: path) else {
      throw MissingDependency("there is no model at '\(name)'", remedy: "check the path")
    }
    let model = try DiffusionModel(path: path)
    let root = URL(filePath: path)
    var identity: [String: JSONValue] = [:]
    for file in try model.files() {
      let url = URL(filePath: file)
      let label = file == path ? url.lastPathComponent : String(file.dropFirst(path.count + 1))
      identity[label] = .string(try digests.digest(of: url).description)
    }
    digests.save()
    let digest = ContentDigest(of: JSONWriter.canonical(.object(identity)))
    return Resource(name: name, location: root, identity: ["model": .string(digest.description)])
  }

  private func known(_ name: String) throws -> String {
    if let path = search.path(of: name) { return path }
    let others = search.models().map(\.name)
    let nearest = nearestName(to: name, among: others).map { "; did you mean '\($0)'?" } ?? ""
    throw MissingDependency(
      "the model '\(name)' is in none of \(search.folders.joined(separator: ", "))\(nearest)",
      remedy: "fetch it with: pipeline-run models pull \(name)")
  }

  private static func isPath(_ name: String) -> Bool {
    name.hasPrefix("/") || name.hasPrefix("./") || name.hasPrefix("../") || name.hasSuffix(".ckpt")
      || name.hasSuffix(".safetensors") || name.hasSuffix("/")
  }
}

import Foundation
import Foundations

/// Where models are kept, and which one a name means.
///
/// Folders are searched in this order: those given explicitly (`--models`), those of `$PIPELINE_MODELS`
/// (separated by colons), and the user's own, `$XDG_DATA_HOME/pipeline-run/models` or
/// `~/.local/share/pipeline-run/models`; then that of the models that come with the program. A model is a folder with
/// a `model_index.json`, or a component's `config.json`, or files of weights; or a single file of weights, known by its
/// name without the ending.
public struct ModelSearch: Sendable {
  /// The folders that are searched, nearest first.
  public let folders: [String]
  /// Where new models go: the first folder.
  public var downloadFolder: String { folders[0] }

  /// The search of a process with this environment.
  ///
  /// - Parameter included: folders of the models that come with the program.
  public init(explicit: [String] = [], environment: [String: String], included: [String] = []) {
    let listed = (environment["PIPELINE_MODELS"] ?? "").split(separator: ":").map(String.init)
    folders = (explicit + listed + [Self.userFolder(environment)] + included).map { $0.withoutTrailingSlash }
  }

  /// The path of the model of that name; nil when no folder has it.
  public func path(of name: String) -> String? {
    // A name that has steps stays below the folder whatever they are.
    guard !name.contains("\0"), Self.steps(of: name).allSatisfy({ !$0.isEmpty && $0.first != "." }) else {
      return nil
    }
    for folder in folders {
      for ending in [""] + WeightFiles.endings where Self.isModel("\(folder)/\(name)\(ending)") {
        return "\(folder)/\(name)\(ending)"
      }
    }
    return nil
  }

  private static func steps(of name: String) -> [String.UnicodeScalarView.SubSequence] {
    // By scalars: a character may be a slash and what is combined with it, and is a slash to the system.
    name.unicodeScalars.split(separator: "/", omittingEmptySubsequences: false)
  }

  /// Every model in the folders, by the name that `path(of:)` takes; a folder's own in alphabetical order.
  public func models() -> [(name: String, path: String)] {
    var found: [(name: String, path: String)] = []
    for folder in folders {
      for entry in Self.entries(of: folder) {
        let name = Self.name(ofEntry: entry)
        guard !found.contains(where: { $0.name == name }), let path = path(of: name) else { continue }
        found.append((name, path))
      }
    }
    return found
  }

  /// Whether a path is that of a model, by what lies there.
  static func isModel(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return false }
    guard isFolder.boolValue else { return WeightFiles.isWeights(path) }
    return ["model_index.json", "config.json"].contains { isPresent("\(path)/\($0)") }
      || WeightFiles.areIn(path)
  }

  /// A folder's entries, and those one level below, as `OWNER/NAME`.
  private static func entries(of folder: String) -> [String] {
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: folder).sorted()) ?? []
    return entries.filter { !$0.hasPrefix(".") }.flatMap { entry -> [String] in
      if isModel("\(folder)/\(entry)") { return [entry] }
      let below = (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(entry)").sorted()) ?? []
      return below.map { "\(entry)/\($0)" }.filter { isModel("\(folder)/\($0)") }
    }
  }

  private static func name(ofEntry entry: String) -> String {
    for ending in WeightFiles.endings where entry.hasSuffix(ending) {
      return String(entry.dropLast(ending.count))
    }
    return entry
  }

  private static func userFolder(_ environment: [String: String]) -> String {
    if let data = environment["XDG_DATA_HOME"], data.hasPrefix("/") { return "\(data)/pipeline-run/models" }
    return HomeFolder.url(environment).appending(path: ".local/share/pipeline-run/models")
      .path(percentEncoded: false)
  }
}

extension String {
  fileprivate var withoutTrailingSlash: String {
    count > 1 && hasSuffix("/") ? String(dropLast()).withoutTrailingSlash : self
  }
}

import Foundation
import Foundations

/// What `model_index.json` says: which components the model has.
struct PipelineIndex {
  static let name = "model_index.json"

  /// The sub-folder of each component.
  let components: [String]

  init(_ data: Data, from url: URL) throws(HubError) {
    guard let object = try? JSONParser.parse(data, file: Self.name).root.object else {
      throw .malformedAnswer(url, "not the JSON of a diffusers folder")
    }
    var components: [String] = []
    for (name, value) in object where !name.hasPrefix("_") {
      // A component is [library, class]; settings are other values, components left out [null, null].
      guard let pair = value.array, pair.count == 2, pair.allSatisfy({ $0.string != nil }) else { continue }
      guard try RepositoryPath(name).components.count == 1 else {
        throw .unsafePath(name, "is no folder's name")
      }
      components.append(name)
    }
    guard !components.isEmpty else { throw .malformedAnswer(url, "names no component") }
    self.components = components.sorted()
  }
}

import Foundation
import Foundations

/// What results are compared with.
package enum EvaluationReference: Sendable {
  /// Pictures.
  case pictures(PictureSet)
  /// Statistics that a file holds.
  case statistics(FeatureStatistics, path: String)

  /// What is at a path: a folder of pictures, or a file of statistics, `.npz` or `.safetensors`.
  ///
  /// - Throws: ``EvaluationFault``; `CheckpointError`.
  package init(at path: String) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw EvaluationFault("\(path): no such folder, and no such file of statistics")
    }
    self =
      isFolder.boolValue
      ? .pictures(try PictureSet(URL(filePath: path, directoryHint: .isDirectory)))
      : .statistics(try FeatureStatistics(contentsOf: path), path: path)
  }
}

extension PictureEncoder {
  /// What statistics of this encoder's features say of themselves.
  package func provenance(pictures: Int) -> [String: String] {
    [
      "network": identity.network, "weights": identity.digest.description,
      "preparation": identity.preparation,
      "pictures": "\(pictures)",
    ]
  }

  /// Why statistics are not of this encoder's features; nil when they are, or do not say it.
  func mismatch(with statistics: FeatureStatistics) -> String? {
    for (name, own) in provenance(pictures: 0) where name != "pictures" {
      if let other = statistics.provenance[name], other != own {
        return "its \(name) is \(other.prefix(40)), not \(own.prefix(40))"
      }
    }
    return nil
  }
}

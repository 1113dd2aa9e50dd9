import Experiments
import FileTesting
import Foundation
import Foundations
import Imaging
import PipelineKit

@testable import UserStudy

/// Folders of results, of pictures of one colour.
struct Trial {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  static let methods = ["alphapaint", "betapaint", "gammapaint"]

  /// Writes results of all methods for so many seeds.
  ///
  /// - Parameter without: rows that are left out, as `betapaint 1`.
  func results(_ seeds: Int, without: Set<String> = []) throws -> ResultsFolder {
    var lines = Data()
    for seed in 0..<seeds {
      for (number, method) in Self.methods.enumerated() where !without.contains("\(method) \(seed)") {
        let name = "\(method)-\(seed)"
        let file = folder["\(name).png"]
        let level = UInt8(40 + 60 * number + seed)
        try Image(pixels: [UInt8](repeating: level, count: 32 * 24 * 3), width: 32, height: 24, bands: 3)
          .write(to: file.path(percentEncoded: false))
        var record = RowRecord(
          key: ContentDigest(of: Data(name.utf8)), name: name, number: seed * 3 + number,
          values: ["method": method, "seed": "\(seed)"])
        record.files["picture"] = RowRecord.File(
          path: "\(name).png", bytes: 1, digest: try ContentDigest(ofFile: file).description)
        // Key and time come first in a line.
        let rest = (record.json.object ?? [:]).filter { !["key", "time"].contains($0.key) }
        lines += Data("{\"key\":\"\(record.key)\",\"time\":1,".utf8)
        lines += JSONWriter.canonical(.object(rest)).dropFirst() + Data("\n".utf8)
      }
    }
    try lines.write(to: folder["results.jsonl"])
    return ResultsFolder(folder.url)
  }

  func options(_ change: (inout StudyOptions) -> Void = { _ in }) -> StudyOptions {
    var options = StudyOptions(
      method: "method", questions: ["Which looks best?", "Which is \"closest\", really?"])
    change(&options)
    return options
  }
}

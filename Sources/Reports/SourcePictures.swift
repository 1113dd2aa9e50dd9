package import Experiments
package import Foundation
import PipelineKit

/// The pictures that results were made of.
package struct SourcePictures {
  /// A picture that was found again.
  package struct Source: Hashable {
    /// What the pipeline calls it: `scene`.
    package var name: String
    /// Where it lies.
    package var file: URL
    /// Its SHA-256.
    package var digest: String
  }

  /// Those of a row, as far as its pictures say what they were made of and it is still there unchanged.
  package static func of(_ record: RowRecord, in results: ResultsFolder) -> [Source] {
    for file in record.files.sorted(by: { $0.key < $1.key }) {
      let picture = file.value.url(in: results.url)
      guard let provenance = RunRecord.provenance(of: picture) else { continue }
      let search = search(results.manifest ?? [:], beside: picture)
      return files(of: provenance).compactMap { name, file in
        guard case .same(let url) = search.find(file.path, digest: file.digest) else { return nil }
        return Source(name: name, file: url, digest: file.digest)
      }
    }
    return []
  }

  /// The files that were loaded as pictures or masks, by what the pipeline calls them.
  static func files(of provenance: Provenance) -> [(name: String, file: Provenance.File)] {
    provenance.files.compactMap { file in
      let use = provenance.document["stages"]?[file.stage]?["use"]?.string ?? ""
      guard use.hasPrefix("image.load") || use.hasPrefix("mask.load") else { return nil }
      return (file.stage.hasPrefix("inputs/") ? String(file.stage.dropFirst(7)) : file.stage, file)
    }
  }

  /// Looks where the batch was started, here, and beside the picture.
  static func search(_ manifest: JSONValue, beside picture: URL) -> FileSearch {
    FileSearch(
      folders: [manifest["folder"]?.string.map { URL(filePath: $0, directoryHint: .isDirectory) }]
        .compactMap { $0 } + [.currentDirectory()], beside: picture)
  }
}

public import Foundation
import Imaging
import OpenVINO
import Tensors

/// What this toolkit is called where results are kept, and which it is.
public enum Release {
  /// The name that fingerprints and provenance carry.
  public static let name = "pipeline-run"
  /// The version, by semver.org.
  public static let version = "0.2.0"

  /// The commit that an installed program was built of, or that the clone is at which a built one lies in; nil where
  /// neither is known.
  public static var commit: String? {
    let folders = ProjectFolders.current
    if folders.prefix != nil, let file = folders.shared("COMMIT").first, let text = text(of: file) {
      return text
    }
    for git in folders.places(of: ".git") {
      guard let head = text(of: git + "/HEAD") else { continue }
      guard head.hasPrefix("ref: ") else { return String(head.prefix(12)) }
      let reference = String(head.dropFirst("ref: ".count))
      let packed = text(of: git + "/packed-refs")?.split(separator: "\n").first {
        $0.hasSuffix(" " + reference)
      }
      return (text(of: git + "/" + reference) ?? packed.map(String.init)).map { String($0.prefix(12)) }
    }
    return nil
  }

  /// Version, commit and what computes, for people: `0.2.0 (commit 1a2b3c4d5e6f)` and a line for each library.
  public static var description: String {
    [
      version + (commit.map { " (commit \($0))" } ?? ""), "libvips \(Vips.version)",
      OpenVINOEngine.installedLibrary.map { "OpenVINO at \($0)" } ?? "no OpenVINO was found",
    ].joined(separator: "\n")
  }

  /// Where a ready-made document lies that an installed program brings: `Pipelines/demo.json`; nil for a program that
  /// lies elsewhere, and where there is no such file.
  public static func readyMade(_ path: String) -> URL? {
    guard let prefix = ProjectFolders.current.prefix, !path.hasPrefix("/") else { return nil }
    let url = URL(filePath: "\(prefix)/share/pipeline-run/\(path)")
    return FileManager.default.fileExists(atPath: url.path(percentEncoded: false)) ? url : nil
  }

  private static func text(of file: String) -> String? {
    (try? String(contentsOfFile: file, encoding: .utf8))?.trimmingCharacters(in: .whitespacesAndNewlines)
  }
}

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

  /// The commit that an installed program was built of, or that the clone is at which a built one lies in, with `-dirty`
  /// where that has changes; nil where neither is known, or git is not there to ask.
  public static var commit: String? {
    let folders = ProjectFolders.current
    if folders.prefix != nil {
      return folders.shared("COMMIT").first.flatMap { try? String(contentsOfFile: $0, encoding: .utf8) }?
        .trimmingCharacters(in: .whitespacesAndNewlines)
    }
    guard let clone = folders.clone else { return nil }
    let git = Process()
    git.executableURL = URL(filePath: "/usr/bin/env")
    git.arguments = ["git", "-C", clone, "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"]
    let output = Pipe()
    (git.standardOutput, git.standardError) = (output, FileHandle.nullDevice)
    guard (try? git.run()) != nil else { return nil }
    let text = (try? output.fileHandleForReading.readToEnd()).flatMap { $0 } ?? Data()
    git.waitUntilExit()
    let name = String(decoding: text, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    return git.terminationStatus == 0 && !name.isEmpty ? name : nil
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
}

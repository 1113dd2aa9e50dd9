import Foundation

/// What lies where a file should be: a pointer of Git LFS that was never followed, a page that a server sent instead.
enum StandIn {
  /// Refuses a file that is such a thing, and says which.
  ///
  /// No weights begin as these do: of the length that a `.safetensors` file begins with, the last bytes are zero, and
  /// PyTorch's files begin with `PK` or 0x80.
  static func refuse(_ file: MappedFile) throws(CheckpointError) {
    let beginning = file.withBytes { bytes in
      String(decoding: bytes.prefix(1024), as: UTF8.self)
    }
    let text = beginning.drop { $0.isWhitespace || $0 == "\u{FEFF}" }
    guard let found = words(of: text) else { return }
    throw CheckpointError(.standIn, in: file.path, "\(found) (\(file.byteCount) bytes)")
  }

  private static func words(of text: Substring) -> String? {
    if text.hasPrefix("version https://git-lfs.github.com/") {
      let size = text.split(separator: "\n").first { $0.hasPrefix("size ") }?.dropFirst(5)
      return
        "a Git LFS pointer, not the file of \(size ?? "?") bytes that it stands for; fetch that with: git lfs pull"
    }
    let start = text.prefix(64).lowercased()
    if ["<!doctype html", "<html", "<head", "<body"].contains(where: start.hasPrefix) {
      return "a web page, not the file; a download may have asked for a login. Fetch it again"
    }
    if ["<?xml", "<error"].contains(where: start.hasPrefix) {
      return "a server's answer in XML, not the file. Fetch it again"
    }
    if start.hasPrefix("{\"error\"") || start.hasPrefix("{\"message\"") {
      return "a server's answer, not the file: \(text.prefix(80))"
    }
    return nil
  }
}

/// Why a path cannot be opened that leads nowhere.
func absence(of path: String) -> CheckpointError {
  let target = try? FileManager.default.destinationOfSymbolicLink(atPath: path)
  return CheckpointError(
    .unreadable, in: path,
    target.map { "it is a link to '\($0)', which is not there" } ?? "no such file or folder")
}

/// Whether something has that name, if only a link that leads nowhere.
func isPresent(_ path: String) -> Bool {
  // Of a link itself, where `fileExists` follows it.
  (try? FileManager.default.attributesOfItem(atPath: path)) != nil
}

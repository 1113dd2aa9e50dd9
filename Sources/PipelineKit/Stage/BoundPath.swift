import Foundation

/// A path together with the folder it is relative to and whether it may leave that folder: a path in a document
/// belongs to the document's folder, a path from the command line is the caller's own.
///
/// It travels through a document's settings as an object with the one member `$path`, so that a string that
/// happens to look like a path never gains the caller's rights.
struct BoundPath: Hashable {
  var written: String
  var folder: URL
  var isConfined: Bool
  /// Where the file really is, when that is not what is written: standard input once it is spooled.
  var location: URL?

  init(_ written: String, in folder: URL, isConfined: Bool, location: URL? = nil) {
    self.written = written
    self.folder = folder
    self.isConfined = isConfined
    self.location = location
  }

  init?(_ json: JSONValue) {
    guard case .array(let parts)? = json["$path"], parts.count == 4, let written = parts[0].string,
      let folder = parts[1].string, let isConfined = parts[2].bool
    else { return nil }
    self.init(
      written, in: URL(filePath: folder, directoryHint: .isDirectory), isConfined: isConfined,
      location: parts[3].string.map { URL(filePath: $0, directoryHint: .notDirectory) })
  }

  var json: JSONValue {
    let location = location.map { JSONValue.string($0.path(percentEncoded: false)) } ?? .null
    return [
      "$path": [.string(written), .string(folder.path(percentEncoded: false)), .bool(isConfined), location]
    ]
  }

  var isStandardStream: Bool { written == "-" }

  var url: URL {
    if let location { return location }
    let url =
      written.hasPrefix("/")
      ? URL(filePath: written, directoryHint: .notDirectory)
      : folder.appending(path: written, directoryHint: .notDirectory).absoluteURL
    return isConfined ? url.withoutDots : url
  }
}

extension URL {
  /// The file's path with `.` and `..` taken at their word. The system would follow a link before it takes the `..`
  /// behind it, and so end up outside a folder that the path seems to stay in.
  fileprivate var withoutDots: URL {
    var kept: [Substring] = []
    for part in path(percentEncoded: false).split(separator: "/") where part != "." {
      if part == ".." { _ = kept.popLast() } else { kept.append(part) }
    }
    return URL(filePath: "/" + kept.joined(separator: "/"), directoryHint: .notDirectory)
  }
}

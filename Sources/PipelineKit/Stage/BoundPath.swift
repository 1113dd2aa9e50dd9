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

  init(_ written: String, in folder: URL, isConfined: Bool) {
    self.written = written
    self.folder = folder
    self.isConfined = isConfined
  }

  init?(_ json: JSONValue) {
    guard case .array(let parts)? = json["$path"], parts.count == 3, let written = parts[0].string,
      let folder = parts[1].string, let isConfined = parts[2].bool
    else { return nil }
    self.init(written, in: URL(filePath: folder, directoryHint: .isDirectory), isConfined: isConfined)
  }

  var json: JSONValue {
    ["$path": [.string(written), .string(folder.path(percentEncoded: false)), .bool(isConfined)]]
  }

  var isStandardStream: Bool { written == "-" }

  var url: URL { URL(filePath: written, directoryHint: .notDirectory, relativeTo: folder).absoluteURL }
}

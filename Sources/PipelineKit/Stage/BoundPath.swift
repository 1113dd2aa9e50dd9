public import Foundation

/// A path together with the folder it is relative to and whether it may leave that folder: a path in a document
/// belongs to the document's folder, a path from the command line is the caller's own.
public struct BoundPath: Sendable, Hashable {
  /// As its author wrote it.
  public internal(set) var written: String
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

  /// A path of the caller's own: for stages that are made without a plan.
  public init(_ url: URL) {
    self.init(url.path(percentEncoded: false), in: URL(filePath: "/"), isConfined: false)
  }

  /// Whether the text can be a path at all.
  static func mayBeWritten(_ text: String) -> Bool { !text.isEmpty && !text.contains("\0") }

  var isStandardStream: Bool { written == "-" }

  /// Where the file is.
  public var url: URL {
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

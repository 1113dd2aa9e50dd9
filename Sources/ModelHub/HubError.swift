public import Foundation

/// Why a model could not be fetched: what, where, and what to do about it.
public enum HubError: Error, Sendable, Equatable, CustomStringConvertible {
  /// No connection, or one that kept breaking.
  case unreachable(URL, String)
  /// The server answered with a status that is not success.
  case refused(URL, status: Int)
  /// The server's answer is not what the protocol says.
  case malformedAnswer(URL, String)
  /// A path in a listing that must not be followed.
  case unsafePath(String, String)
  /// A file whose bytes are not those that were announced.
  case mismatch(file: String, what: String, expected: String, found: String)
  /// The model lacks something that is needed.
  case incomplete(String)
  /// The folder is somebody else's.
  case occupied(folder: String, String)
  /// Too little space, in bytes.
  case noSpace(folder: String, needed: Int, available: Int)
  /// A file or folder could not be read or written.
  case fileSystem(path: String, String)

  /// In words.
  public var description: String {
    switch self {
    case .unreachable(let url, let reason): "\(url.absoluteString) cannot be reached: \(reason)"
    case .refused(let url, let status): "\(url.absoluteString) answers \(status)\(Self.advice(status))"
    case .malformedAnswer(let url, let fault): "\(url.absoluteString): \(fault)"
    case .unsafePath(let path, let fault):
      "the repository lists the path \"\(Self.printable(path))\", which \(fault); nothing was downloaded"
    case .mismatch(let file, let what, let expected, let found):
      "\(file): its \(what) should be \(expected) but is \(found); what was downloaded of it is removed"
    case .incomplete(let what): what
    case .occupied(let folder, let why): "\(folder) is there already, and \(why)"
    case .noSpace(let folder, let needed, let available):
      "\(needed / 1_000_000) MB are needed in \(folder), where \(available / 1_000_000) MB are free"
    case .fileSystem(let path, let reason): "\(path): \(reason)"
    }
  }

  private static func advice(_ status: Int) -> String {
    switch status {
    case 401, 403: ": it asks for permission, which this program has no means to give"
    case 404: ": there is no such repository, revision or file"
    case 429: ": too many requests; try again later"
    case 500...: ": the server has a fault; try again later"
    default: ""
    }
  }

  /// The text without characters that would move a terminal's cursor.
  private static func printable(_ text: String) -> String {
    String(
      text.prefix(200).unicodeScalars.map {
        $0.properties.generalCategory == .control ? "\u{FFFD}" : Character($0)
      })
  }
}

/// What the system says about the call that just failed.
func systemFault(_ path: String) -> HubError { .fileSystem(path: path, String(cString: strerror(errno))) }

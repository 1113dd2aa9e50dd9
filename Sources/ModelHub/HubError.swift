package import Foundation

/// Why a model could not be fetched: what, where, and what to do about it.
package enum HubError: Error, Sendable, Equatable, CustomStringConvertible {
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
  /// A file whose length the server does not say, and that does not end.
  case endless(file: String, limit: Int)
  /// The model lacks something that is needed.
  case incomplete(String)
  /// The folder is somebody else's.
  case occupied(folder: String, String)
  /// Too little space, in bytes.
  case noSpace(folder: String, needed: Int, available: Int)

  /// In words. What servers say is shown without characters that would move a terminal's cursor.
  package var description: String { Self.printable(words) }

  private var words: String {
    switch self {
    case .unreachable(let url, let reason): "\(url.absoluteString) cannot be reached: \(reason)"
    case .refused(let url, let status): "\(url.absoluteString) answers \(status)\(Self.advice(status))"
    case .malformedAnswer(let url, let fault): "\(url.absoluteString): \(fault)"
    case .unsafePath(let path, let fault):
      "the repository lists the path \"\(path.prefix(200))\", which \(fault); nothing was downloaded"
    case .mismatch(let file, let what, let expected, let found):
      "\(file): its \(what) should be \(expected) but is \(found); what was downloaded of it is removed"
    case .endless(let file, let limit):
      "\(file): the server does not say how long it is, and sends more than the \(limit / 1_000_000) MB that there is "
        + "room for; what was downloaded of it is removed"
    case .incomplete(let what): what
    case .occupied(let folder, let why): "\(folder) is there already, and \(why)"
    case .noSpace(let folder, let needed, let available):
      "\(needed / 1_000_000) MB are needed in \(folder), where \(available / 1_000_000) MB are free"
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

  private static func printable(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.map { $0.isUnseen ? "\u{FFFD}" : $0 }))
  }
}

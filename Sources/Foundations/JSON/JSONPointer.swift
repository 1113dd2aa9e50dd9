/// A place in a JSON document, as RFC 6901 writes it: `/stages/paint/set/steps`; the root is the empty string.
public struct JSONPointer: Sendable, Hashable, CustomStringConvertible {
  /// The member names and element numbers from the root, unescaped.
  public let tokens: [String]

  /// The document itself.
  public static let root = JSONPointer([])

  /// A pointer through these member names and element numbers.
  public init(_ tokens: [String]) { self.tokens = tokens }

  /// The pointer to a member or element below this one.
  public func appending(_ token: String) -> JSONPointer { JSONPointer(tokens + [token]) }

  /// `pointer / "stages" / "paint"`.
  public static func / (pointer: JSONPointer, token: String) -> JSONPointer { pointer.appending(token) }

  /// The RFC 6901 form: `~` is written `~0`, `/` is written `~1`.
  public var description: String {
    var text = ""
    for token in tokens {
      text += "/"
      for character in token {
        switch character {
        case "~": text += "~0"
        case "/": text += "~1"
        default: text.append(character)
        }
      }
    }
    return text
  }
}

import Foundations

/// Bounds what the settings of all stages hold once params are filled in.
///
/// Documents that hand on a list with a param twice in it double it each time; a few dozen of them say what no machine
/// holds. What is shared takes no memory, but checks and fingerprints go through all of it.
struct SettingSize {
  /// The most values of all settings together, each list and object one of them.
  static let maximum = 10_000_000
  /// The deepest that lists and objects may nest: as deep as in a document's text.
  static let maximumDepth = 128

  private var room = maximum
  /// Whether the bound was passed, which is worth saying once.
  private(set) var isExceeded = false

  static var phrase: String {
    "settings would hold more than \(maximum) values, or values nested deeper than \(maximumDepth)"
  }

  /// Notes a setting; false when it is too much.
  mutating func take(_ setting: Setting) -> Bool {
    guard !isExceeded else { return false }
    var rest = room
    isExceeded = !Self.count(setting, &rest, depth: Self.maximumDepth)
    room = rest
    return !isExceeded
  }

  private static func count(_ setting: Setting, _ room: inout Int, depth: Int) -> Bool {
    switch setting {
    case .value(let value): return count(value, &room, depth: depth)
    case .list(let elements):
      room -= 1
      return room > 0 && depth > 0 && elements.allSatisfy { count($0, &room, depth: depth - 1) }
    case .path, .resource:
      room -= 1
      return room > 0
    }
  }

  private static func count(_ value: JSONValue, _ room: inout Int, depth: Int) -> Bool {
    room -= 1
    guard room > 0, depth > 0 else { return false }
    switch value {
    case .array(let values): return values.allSatisfy { count($0, &room, depth: depth - 1) }
    case .object(let members): return members.values.allSatisfy { count($0, &room, depth: depth - 1) }
    default: return true
    }
  }
}

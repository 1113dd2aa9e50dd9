/// Finds where values stand in a text that parses. Reads the objects and lists on the way to what is asked for, each
/// once, and steps over the rest.
struct PlaceFinder {
  private let bytes: [UInt8]
  /// By the offset of the opening bracket.
  private var contents: [Int: Contents] = [:]

  /// The byte ranges of a value and of its name.
  struct Place {
    /// The opening bracket alone for objects and lists.
    var value: Range<Int>
    /// Nil for elements of lists and for the root.
    var name: Range<Int>?
  }

  private enum Contents {
    case members([String: Place])
    case elements([Range<Int>])
  }

  init(bytes: [UInt8]) { self.bytes = bytes }

  /// The place of the value at that pointer, or of the nearest value around it; `isExact` tells which.
  mutating func place(of pointer: JSONPointer) -> (place: Place, isExact: Bool) {
    var index = 0
    skip(separators: &index)
    var place = Place(value: index..<head(at: index))
    for token in pointer.tokens {
      guard let next = child(token, of: place.value.lowerBound) else { return (place, false) }
      place = next
    }
    return (place, true)
  }

  private mutating func child(_ token: String, of container: Int) -> Place? {
    switch read(container) {
    case .members(let members): members[token]
    case .elements(let elements):
      Int(token).flatMap { elements.indices.contains($0) ? Place(value: elements[$0]) : nil }
    case nil: nil
    }
  }

  /// What the object or list at that offset holds; nil for any other value.
  private mutating func read(_ start: Int) -> Contents? {
    if let known = contents[start] { return known }
    var index = start + 1
    let found: Contents
    switch bytes[start] {
    case UInt8(ascii: "{"):
      var members: [String: Place] = [:]
      while skip(separators: &index), bytes[index] != UInt8(ascii: "}") {
        let name = index..<head(at: index)
        index = name.upperBound
        skip(separators: &index)
        members[text(name)] = Place(value: index..<head(at: index), name: name)
        index = end(at: index)
      }
      found = .members(members)
    case UInt8(ascii: "["):
      var elements: [Range<Int>] = []
      while skip(separators: &index), bytes[index] != UInt8(ascii: "]") {
        elements.append(index..<head(at: index))
        index = end(at: index)
      }
      found = .elements(elements)
    default: return nil
    }
    contents[start] = found
    return found
  }

  /// Steps over space, commas and colons; false at the end of the text.
  @discardableResult private func skip(separators index: inout Int) -> Bool {
    while index < bytes.count {
      switch bytes[index] {
      case 0x20, 0x09, 0x0a, 0x0d, UInt8(ascii: ","), UInt8(ascii: ":"): index += 1
      default: return true
      }
    }
    return false
  }

  /// The end of the string, number or word, or of the one bracket, that starts at that offset.
  private func head(at start: Int) -> Int {
    var index = start + 1
    switch bytes[start] {
    case UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "}"), UInt8(ascii: "]"): return index
    case UInt8(ascii: "\""):
      while bytes[index] != UInt8(ascii: "\"") { index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1 }
      return index + 1
    default:
      while index < bytes.count, !Self.endsWord(bytes[index]) { index += 1 }
      return index
    }
  }

  private static func endsWord(_ byte: UInt8) -> Bool {
    byte <= 0x20 || byte == UInt8(ascii: ",") || byte == UInt8(ascii: "]") || byte == UInt8(ascii: "}")
  }

  /// The end of the whole value that starts at that offset.
  private func end(at start: Int) -> Int {
    var index = start
    var depth = 0
    repeat {
      switch bytes[index] {
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
      default: break
      }
      index = head(at: index)
      if depth > 0 { skip(separators: &index) }
    } while depth > 0
    return index
  }

  private func text(_ literal: Range<Int>) -> String {
    let text = String(decoding: bytes[literal.dropFirst().dropLast()], as: UTF8.self)
    guard text.utf8.contains(UInt8(ascii: "\\")) else { return text }
    return (try? JSONValue(parsing: "\"\(text)\""))?.string ?? text
  }
}

import Foundations

extension JSONValue {
  /// Where another value differs, in sentences: `optimizer.rate is 0.1, and was 0.2`.
  ///
  /// - Parameter former: what there was.
  func differences(from former: JSONValue, at path: String = "") -> [String] {
    guard self != former else { return [] }
    if case .object(let members) = self, case .object(let formerMembers) = former {
      return Set(members.keys).union(formerMembers.keys).sorted().flatMap { name in
        (members[name] ?? .null).differences(
          from: formerMembers[name] ?? .null, at: path.isEmpty ? name : "\(path).\(name)")
      }
    }
    return ["\(path) is \(text), and was \(former.text)"]
  }

  /// The value on one line; null for what there is not.
  private var text: String { String(decoding: JSONWriter.canonical(self), as: UTF8.self) }
}

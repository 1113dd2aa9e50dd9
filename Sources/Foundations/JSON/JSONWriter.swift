public import Foundation

/// Writes JSON, the same bytes for the same value.
public enum JSONWriter {
  /// Members sorted by name, no spaces, shortest numbers that read back the same: the form that fingerprints are
  /// taken of. A number that is not finite is a programming error.
  public static func canonical(_ value: JSONValue) -> Data {
    var writer = Writer(indents: false)
    writer.write(value, level: 0)
    return Data(writer.bytes)
  }

  /// Members sorted by name, indented by two spaces, with short lists of plain values on one line.
  public static func pretty(_ value: JSONValue) -> String {
    var writer = Writer(indents: true)
    writer.write(value, level: 0)
    return String(decoding: writer.bytes, as: UTF8.self) + "\n"
  }

  /// A text in quotes, what JSON does not allow in a string escaped.
  package static func quoted(_ text: String) -> String {
    var writer = Writer(indents: false)
    writer.write(text)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  private struct Writer {
    let indents: Bool
    var bytes: [UInt8] = []

    mutating func write(_ value: JSONValue, level: Int) {
      switch value {
      case .null: append("null")
      case .bool(let value): append(value ? "true" : "false")
      case .number(let number): append(Self.text(number))
      case .string(let text): write(text)
      case .array(let values):
        let isFlat =
          !indents || values.allSatisfy { $0.array == nil && $0.object == nil } && values.count <= 8
        list(values, "[", "]", isFlat: isFlat, level: level) { writer, value in
          writer.write(value, level: level + 1)
        }
      case .object(let members):
        let sorted = members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        list(sorted, "{", "}", isFlat: !indents, level: level) { writer, member in
          writer.write(member.key)
          writer.append(writer.indents ? ": " : ":")
          writer.write(member.value, level: level + 1)
        }
      }
    }

    private mutating func list<Item>(
      _ items: [Item], _ open: String, _ close: String, isFlat: Bool, level: Int,
      _ write: (inout Writer, Item) -> Void
    ) {
      append(open)
      for (index, item) in items.enumerated() {
        if index > 0 { append(isFlat && indents ? ", " : ",") }
        if !isFlat { newLine(level + 1) }
        write(&self, item)
      }
      if !isFlat, !items.isEmpty { newLine(level) }
      append(close)
    }

    private mutating func newLine(_ level: Int) {
      bytes.append(0x0a)
      bytes += repeatElement(0x20, count: level * 2)
    }

    mutating func write(_ text: String) {
      bytes.append(0x22)
      for byte in text.utf8 {
        switch byte {
        case 0x22: append("\\\"")
        case 0x5c: append("\\\\")
        case 0x0a: append("\\n")
        case 0x0d: append("\\r")
        case 0x09: append("\\t")
        case 0..<0x20: append("\\u00" + (byte < 16 ? "0" : "") + String(byte, radix: 16))
        default: bytes.append(byte)
        }
      }
      bytes.append(0x22)
    }

    private mutating func append(_ text: String) { bytes += Array(text.utf8) }

    private static func text(_ number: Double) -> String {
      precondition(number.isFinite, "JSON has no NaN and no infinity")
      if let integer = Int(exactly: number), integer.magnitude <= 1 << 53 { return "\(integer)" }
      return "\(number)"
    }
  }
}

/// A reference to a stage's output, written `stage.port`.
public struct Link: Sendable, Hashable, CustomStringConvertible {
  /// The stage's id, or `inputs` for one of the document's own inputs.
  public var stage: String
  /// The port's name.
  public var port: String

  /// The pseudo-stage whose ports are the document's own inputs.
  public static let documentInputs = "inputs"

  /// A reference to a stage's output.
  public init(stage: String, port: String) {
    self.stage = stage
    self.port = port
  }

  /// From the written form; nil when it is not one.
  public init?(_ text: String) {
    guard let dot = text.lastIndex(of: "."), dot != text.startIndex else { return nil }
    let port = text[text.index(after: dot)...]
    guard !port.isEmpty, Identifier.isValid(text[..<dot]), Identifier.isValid(port) else { return nil }
    stage = String(text[..<dot])
    self.port = String(port)
  }

  /// In words.
  public var description: String { "\(stage).\(port)" }
}

/// What stages, parameters and outputs may be called.
enum Identifier {
  static let phrase = "a name of letters, digits, '-', '_' and '/'"

  static func isValid(_ text: some StringProtocol) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "/"):
          true
        default: false
        }
      }
  }
}

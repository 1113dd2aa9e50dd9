import Foundation

/// An ICC profile's header and list of contents.
/// Source: ICC.1:2010, sections 7.2, 7.3 and 8.
struct ColourProfile {
  /// Why a profile cannot be used: ends a sentence that begins with it.
  struct Fault: Error {
    let reason: String
  }

  private let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Checks that it is whole and about pictures of that many colour bands.
  func check(colourBands: Int) throws(Fault) {
    guard bytes.count >= 132, text(at: 36) == "acsp" else {
      throw Fault(reason: "is damaged: it is no profile")
    }
    guard word(at: 0) <= bytes.count else {
      throw Fault(reason: "is damaged: it has \(bytes.count) of its \(word(at: 0)) bytes")
    }
    let space = text(at: 16)
    guard let count = ["GRAY": 1, "RGB ": 3, "CMYK": 4][space], count == colourBands else {
      let name = space.trimmingCharacters(in: .whitespaces)
      throw Fault(
        reason:
          "is for \(name) pictures and does not fit \(colourBands == 1 ? "a grey one" : "one of \(colourBands) colour bands")"
      )
    }
    guard ["scnr", "mntr", "prtr", "spac"].contains(text(at: 12)) else {
      throw Fault(reason: "is not one that describes a picture's colours")
    }
    let tags = try tags()
    let curves = space == "GRAY" ? ["kTRC"] : ["rXYZ", "gXYZ", "bXYZ", "rTRC", "gTRC", "bTRC"]
    let isMatrix = space != "CMYK" && curves.allSatisfy(tags.contains)
    guard isMatrix || !tags.isDisjoint(with: ["A2B0", "A2B1", "A2B2", "D2B0", "D2B1"]) else {
      throw Fault(reason: "is damaged: it lacks what turns colours")
    }
  }

  /// Why it cannot be used for pictures of that many colour bands; nil where it can.
  func fault(colourBands: Int) -> String? {
    do {
      try check(colourBands: colourBands)
      return nil
    } catch {
      return error.reason
    }
  }

  /// The names of its contents, each of which lies within it.
  private func tags() throws(Fault) -> Set<String> {
    let count = word(at: 128)
    guard count <= (bytes.count - 132) / 12 else { throw Fault(reason: "is damaged: its list is cut short") }
    var names: Set<String> = []
    for index in 0..<count {
      let at = 132 + 12 * index
      let (offset, size) = (word(at: at + 4), word(at: at + 8))
      guard size >= 8, offset <= bytes.count, size <= bytes.count - offset else {
        throw Fault(reason: "is damaged: a part lies outside it")
      }
      names.insert(text(at: at))
    }
    return names
  }

  private func word(at index: Int) -> Int { bytes[index..<index + 4].reduce(0) { $0 << 8 | Int($1) } }
  private func text(at index: Int) -> String { String(decoding: bytes[index..<index + 4], as: UTF8.self) }
}

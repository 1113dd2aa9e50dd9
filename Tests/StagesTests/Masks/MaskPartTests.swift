import Imaging
import PipelineKit
import Testing

@testable import Stages

@Suite("parts of masks, and holes in them")
struct MaskPartTests {
  /// A mask drawn in characters: digits are tenths of 250, # is full.
  static func mask(_ rows: String...) throws -> Mask {
    let values = rows.joined().map { $0 == "#" ? 255 : $0 == "." ? 0 : UInt8(String($0))! * 25 }
    return try Mask(Image(pixels: values, width: rows[0].count, height: rows.count, bands: 1))
  }

  static func part(_ index: Int, of mask: Mask) async throws -> StageOutputs {
    try await outputs(of: MaskPart.self, ["index": JSONValue(index)], ["mask": [mask]])
  }

  @Test("parts come by size, then by position; what touches at a corner is one; soft values stay")
  func order() async throws {
    let mask = try Self.mask(
      "#....#.#.",
      ".#....#.#",
      ".......5.",
      "##.......",
      "........3")
    let expected = [
      [".....#.#.", "......#.#", ".......5.", ".........", "........."],
      ["#........", ".#.......", ".........", ".........", "........."],
      [".........", ".........", ".........", "##.......", "........."],
      [".........", ".........", ".........", ".........", "........3"],
    ]
    for (index, rows) in expected.enumerated() {
      let result = try await Self.part(index + 1, of: mask)
      let part = try Self.mask(rows[0], rows[1], rows[2], rows[3], rows[4])
      #expect(try result[MaskPart.part].image.bytes == part.image.bytes, "part \(index + 1)")
      let whole = try result[MaskPart.rest].image.maximum(result[MaskPart.part].image)
      #expect(try whole.bytes == mask.image.bytes)
    }
  }

  @Test("arms that meet late are one part")
  func spiral() async throws {
    let mask = try Self.mask("#.#.#", "#.#.#", "#.###", "#...#", "#####")
    let result = try await Self.part(1, of: mask)
    #expect(try result[MaskPart.part].image.bytes == mask.image.bytes)
    #expect(try result[MaskPart.rest].image.boundsOfNonzero() == nil)
  }

  @Test("a part that is not there is an error that says how many there are")
  func missing() async throws {
    let two = try Self.mask("#.#")
    let fault = await #expect(throws: StageFailure.self) { _ = try await Self.part(3, of: two) }
    #expect(fault?.message == "the mask has 2 separate parts, not 3")
    let one = await #expect(throws: StageFailure.self) { _ = try await Self.part(2, of: Self.mask("#..")) }
    #expect(one?.message == "the mask has 1 part, not 2")
    let few = await #expect(throws: StageFailure.self) {
      _ = try await outputs(of: MaskPart.self, ["atLeast": 3], ["mask": [two]])
    }
    #expect(few?.message == fault?.message)
    let empty = await #expect(throws: StageFailure.self) { _ = try await Self.part(1, of: Self.mask("...")) }
    #expect(empty?.message.contains("empty") == true)
  }

  @Test("holes are filled, bays that reach the picture's edge are not, and a way at a corner is no way out")
  func holes() async throws {
    let mask = try Self.mask(
      "......#..",
      ".####.#.#",
      ".#..#.#.#",
      ".#.#..#.#",
      "..#...###")
    let filled = try Self.mask(
      "......#..",
      ".####.#.#",
      ".####.#.#",
      ".###..#.#",
      "..#...###")
    let result = try await outputs(of: EditMask.self, ["fill": "holes"], ["mask": [mask]])
    #expect(try result[EditMask.result].image.bytes == filled.image.bytes)
  }

  @Test("a hole with a soft edge is as full as the edge at its weakest, and its inner slope with it")
  func softHoles() async throws {
    let mask = try Self.mask("3333333", "3#####3", "3#616#3", "3#101#3", "3#666#3", "3##8##3", "3333333")
    let filled = try Self.mask("3333333", "3#####3", "3#888#3", "3#888#3", "3#888#3", "3##8##3", "3333333")
    let result = try await outputs(of: EditMask.self, ["fill": "holes"], ["mask": [mask]])
    #expect(try result[EditMask.result].image.bytes == filled.image.bytes)
  }

  @Test("the box around a mask is filled, before it grows; an empty mask stays empty")
  func box() async throws {
    let mask = try Self.mask("......", "..3...", "...#..", "......")
    let result = try await outputs(of: EditMask.self, ["fill": "box"], ["mask": [mask]])
    let full = try Self.mask("......", "..##..", "..##..", "......")
    #expect(try result[EditMask.result].image.bytes == full.image.bytes)
    let grown = try await outputs(of: EditMask.self, ["fill": "box", "grow": 1], ["mask": [mask]])
    let larger = try Self.mask("..##..", ".####.", ".####.", "..##..")
    #expect(try grown[EditMask.result].image.bytes == larger.image.bytes)
    let none = try await outputs(of: EditMask.self, ["fill": "box"], ["mask": [Self.mask("....")]])
    #expect(try none[EditMask.result].image.boundsOfNonzero() == nil)
  }
}

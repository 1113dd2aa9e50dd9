import Imaging
import PipelineKit
import Testing

@testable import Stages

@Suite("pasting, cutting out, matching colours, sheets")
struct PasteAndMatchTests {
  @Test("contain shows the whole exemplar in the mask's box, cover fills it, stretch does both")
  func fits() async throws {
    let scene = try Sample.plain(60, 40, [0, 0, 0])
    let exemplar = try Sample.plain(20, 10, [200, 100, 50])
    let mask = try Sample.mask(60, 40, Box(x: 10, y: 5, width: 20, height: 20))
    let expected = ["contain": 200, "cover": 400, "stretch": 400]
    for (fit, count) in expected {
      let result = try await outputs(
        of: PasteExemplar.self, ["fit": .string(fit)],
        ["scene": [scene], "exemplar": [exemplar], "mask": [mask]])
      let covered = try result[PasteExemplar.covered].image
      #expect(try covered.statistics().overall.sum / 255 == Double(count), "\(fit)")
      #expect(try result[PasteExemplar.result].image.pixel(x: 20, y: 15) == [200, 100, 50])
    }
  }

  @Test("what is transparent in the exemplar is not covered")
  func transparency() async throws {
    let exemplar = try Sample.plain(20, 20, [200, 100, 50])
    let cutout = try Sample.mask(20, 20, Box(x: 0, y: 0, width: 10, height: 20))
    let cut = try await outputs(
      of: CutOut.self, ["crop": false], ["image": [exemplar], "mask": [cutout]])[CutOut.result]
    #expect(cut.image.hasAlpha)
    let result = try await outputs(
      of: PasteExemplar.self, [:],
      [
        "scene": [try Sample.plain(40, 40, [0, 0, 0])], "exemplar": [cut],
        "mask": [try Sample.mask(40, 40, Box(x: 10, y: 10, width: 20, height: 20))],
      ])
    let covered = try result[PasteExemplar.covered].image
    #expect(try covered.pixel(x: 12, y: 20)[0] == 255)
    #expect(try covered.pixel(x: 28, y: 20)[0] == 0)
  }

  @Test("an exemplar of one pixel is stretched, not refused")
  func onePixel() async throws {
    let result = try await outputs(
      of: PasteExemplar.self, [:],
      [
        "scene": [try Sample.plain(40, 30, [0, 0, 0])], "exemplar": [try Sample.plain(1, 1, [9, 8, 7])],
        "mask": [try Sample.mask(40, 30, Box(x: 4, y: 4, width: 20, height: 10))],
      ])
    #expect(try result[PasteExemplar.result].image.pixel(x: 10, y: 8) == [9, 8, 7])
  }

  @Test("matching the rim undoes a colour cast", arguments: [8, 16])
  func castIsUndone(bits: Int) async throws {
    let side = 64
    let scene = try Sample.picture(side, side, bits: bits).image.blurred(sigma: 4)
    let cast = try scene.linear([0.9, 1, 0.8], [10, 0, 20].map { $0 * (bits == 8 ? 1 : 257) }).cast(
      to: scene.format
    )
    .tagged(as: scene.interpretation)
    let mask = try Sample.mask(side, side, Box(x: 20, y: 16, width: 24, height: 30))
    let result = try await outputs(
      of: MatchColour.self, ["maximumGain": 3],
      ["image": [Picture(cast)], "reference": [Picture(scene)], "mask": [mask]])[MatchColour.result].image
    #expect(result.format == scene.format && result.interpretation == scene.interpretation)
    let before = try cast.difference(from: scene).statistics().overall.mean
    let after = try result.difference(from: scene).statistics().overall.mean
    #expect(after < before / 4)
  }

  @Test("strength 0 leaves the picture as it is, and needs no rim")
  func noStrength() async throws {
    let scene = try Sample.picture(32, 32)
    let other = try Sample.picture(32, 32, salt: 40)
    for box in [Box(x: 8, y: 8, width: 12, height: 12), Box(x: 0, y: 0, width: 32, height: 32)] {
      let mask = try Sample.mask(32, 32, box)
      try await check(MatchColour.self, ["strength": 0], ["reference": [scene], "mask": [mask]])
      let result = try await outputs(
        of: MatchColour.self, ["strength": 0], ["image": [other], "reference": [scene], "mask": [mask]])
      #expect(try result[MatchColour.result].image.hasSamePixels(as: other.image))
    }
  }

  @Test("a mask without a rim is refused before the picture to match is there, where a rim is measured")
  func noRim() async throws {
    let known: [String: [any PortValue]] = [
      "reference": [try Sample.picture(32, 32)],
      "mask": [try Sample.mask(32, 32, Box(x: 0, y: 0, width: 32, height: 32))],
    ]
    let error = await #expect(throws: StageFailure.self) { try await check(MatchColour.self, [:], known) }
    #expect(error?.message.contains("no rim") == true)
    await #expect(throws: StageFailure.self) {
      try await check(MeasureSeam.self, [:], ["mask": known["mask"]!])
    }
    try await check(MatchColour.self, ["measure": "inside", "target": "whole"], known)
  }

  @Test("an object is matched by what is seen of it, and merges into the scene without what it hides")
  func objectWithOpacity() async throws {
    let scene = try Sample.plain(60, 40, [120, 90, 60])
    let seen = try Sample.mask(20, 20, Box(x: 4, y: 4, width: 12, height: 12))
    let exemplars = try [[0.0, 255, 0], [255, 0, 255]].map { hidden in
      let colours = try seen.image.choosing(
        Sample.picture(20, 20).image, else: Sample.plain(20, 20, hidden).image)
      return Picture(try colours.tagged(as: .sRGB).withAlpha(seen.image))
    }
    var results: [Image] = []
    for exemplar in exemplars {
      let mask = try Sample.mask(60, 40, Box(x: 20, y: 10, width: 20, height: 20))
      let pasted = try await outputs(
        of: PasteExemplar.self, [:], ["scene": [scene], "exemplar": [exemplar], "mask": [mask]])
      let covered = try pasted[PasteExemplar.covered]
      #expect(try covered.image.statistics().overall.sum == 144 * 255)
      #expect(try pasted[PasteExemplar.result].image.pixel(x: 21, y: 11) == [120, 90, 60])
      let matched = try await outputs(
        of: MatchColour.self, ["measure": "inside"],
        ["image": [pasted[PasteExemplar.object]], "reference": [scene], "mask": [mask]])[MatchColour.result]
      for mode in ["feather", "multiband", "poisson"] {
        results.append(
          try await outputs(
            of: Blend.self, ["mode": .string(mode)], ["base": [scene], "over": [matched], "mask": [covered]])[
              Blend.result
            ].image)
      }
    }
    for way in 0..<3 { #expect(try results[way].hasSamePixels(as: results[way + 3])) }
  }

  @Test("a sheet has room for every cell, gap and label, whatever the pictures are")
  func sheet() async throws {
    let pictures: [any PortValue] = [
      try Sample.picture(30, 80), try Sample.picture(90, 20, bits: 16, alpha: true),
      Picture(try Image.filled(width: 5, height: 5, colour: [128])),
    ]
    let settings: [String: JSONValue] = [
      "columns": 2, "cellWidth": 40, "cellHeight": 50, "gap": 6, "labels": ["a", "b & <c>", ""],
      "labelSize": 10,
    ]
    let sheet = try await outputs(of: ContactSheet.self, settings, ["images": pictures])[ContactSheet.sheet]
      .image
    #expect((sheet.width, sheet.height) == (2 * 40 + 3 * 6, 2 * (50 + 20) + 3 * 6))
    #expect(sheet.bands == 3 && sheet.format == .uint8)
    for columns in [1, 2, 3, 5] as [JSONValue] {
      let settings = settings.merging(["columns": columns]) { $1 }
      let sheet = try await outputs(of: ContactSheet.self, settings, ["images": pictures])[ContactSheet.sheet]
      let shape = try made(ContactSheet.self, settings).estimate(
        StageShapes(["images": pictures.map(\.shape)])
      )
      .outputs["image"]
      #expect(shape?.sizes == sheet.shape.sizes, "\(columns) columns")
    }
    await #expect(throws: StageFailure.self) {
      _ = try await outputs(of: ContactSheet.self, ["labels": ["one"]], ["images": pictures])
    }
  }

  @Test("the labels of a row stand on one line, whatever letters they have")
  func baseline() async throws {
    let labels = ["x", "k", "tx"]
    let picture = try Sample.plain(40, 40, [255, 255, 255])
    let settings: [String: JSONValue] = [
      "columns": 3, "cellWidth": 40, "cellHeight": 40, "gap": 0, "labelSize": 20,
      "labels": .array(labels.map { .string($0) }),
    ]
    let sheet = try await outputs(
      of: ContactSheet.self, settings, ["images": [any PortValue](repeating: picture, count: 3)])[
        ContactSheet.sheet
      ].image
    let feet = try labels.indices.map { index in
      let cell = try sheet.cropped(x: index * 40, y: 0, width: 40, height: sheet.height).bytes
      return cell.lastIndex { $0 < 128 }.map { $0 / 3 / 40 }
    }
    #expect(feet[0] != nil && Set(feet).count == 1, "\(feet)")
  }

  @Test("change is counted inside and outside, in the pictures' own units")
  func change() async throws {
    let before = try Sample.picture(10, 8, bits: 16)
    var values = try before.image.pixels(as: UInt16.self)
    values[0] = values[0] < 1000 ? values[0] + 700 : values[0] - 700
    let after = Picture(try Image(pixels: values, width: 10, height: 8, bands: 3))
    let mask = try Sample.mask(10, 8, Box(x: 2, y: 2, width: 3, height: 3))
    let report = try await outputs(
      of: MeasureChange.self, [:], ["before": [before], "after": [after], "mask": [mask]])[
        MeasureChange.report
      ].json
    #expect(report["outside"] == ["changed": 1, "total": 71, "largest": 700])
    #expect(report["inside"] == ["changed": 0, "total": 9, "largest": 0])
    #expect(report["bits"] == 16 && report["outsideIsIdentical"] == false)
  }
}

import Imaging
import PipelineKit
import Testing

@testable import Stages

@Suite("reference augmentation and generic stages")
struct ReferenceTests {
  @Test("the same seed gives the same picture and report; probabilities 0 leave a resized picture")
  func seeds() async throws {
    let picture = try Sample.picture(90, 60)
    let run = { (settings: [String: JSONValue]) in
      try await outputs(of: AugmentReference.self, settings, ["image": [picture]])
    }
    let strong: [String: JSONValue] = ["flip": 1, "rotate": 1, "blur": 1, "elastic": 1, "seed": 3]
    let (first, second) = (try await run(strong), try await run(strong))
    #expect(try first[AugmentReference.result].image.hasSamePixels(as: second[AugmentReference.result].image))
    #expect(try first[AugmentReference.report] == second[AugmentReference.report])
    let still = try await run(["flip": 0, "rotate": 0, "blur": 0, "elastic": 0])
    let plain = try picture.image.resized(width: 224, height: 224, kernel: .linear)
    #expect(try still[AugmentReference.result].image.hasSamePixels(as: plain))
  }

  @Test("over many seeds each change happens as often as its probability says")
  func rates() async throws {
    let picture = try Sample.picture(8, 8)
    var flips = 0
    var turns: [Double] = []
    let count = 300
    for seed in 0..<count {
      let report = try await outputs(
        of: AugmentReference.self, ["size": 8, "seed": JSONValue(seed), "elastic": 0], ["image": [picture]])[
          AugmentReference.report
        ].json
      if report["flip"] == true { flips += 1 }
      if let degrees = report["degrees"]?.number { turns.append(degrees) }
    }
    // Four standard deviations of a fair coin thrown 300 times.
    #expect(abs(flips - count / 2) < 35 && abs(turns.count - count / 2) < 35)
    #expect(turns.allSatisfy { abs($0) <= 20 } && turns.contains { $0 > 10 } && turns.contains { $0 < -10 })
  }

  @Test("a quarter turn by the warp is a quarter turn")
  func warp() throws {
    let image = try Sample.picture(21, 21).image
    let turned = try image.warped(by: Warp(width: 21, height: 21).rotated(degrees: 90))
    let exact = try image.rotated(quarterTurns: 1)
    #expect(try turned.difference(from: exact).statistics().overall.maximum <= 1)
  }

  @Test("any libvips operation runs, and its arguments are checked beforehand")
  func vips() async throws {
    let picture = try Sample.picture(12, 9)
    let inverted = try await outputs(of: VipsOperation.self, ["operation": "invert"], ["images": [picture]])[
      VipsOperation.image
    ].image
    #expect(try inverted.hasSamePixels(as: picture.image.inverted()))
    let mean = try await outputs(of: VipsMeasurement.self, ["operation": "avg"], ["images": [picture]])[
      VipsMeasurement.report
    ]
    #expect(try abs((mean.json["out"]?.number ?? 0) - picture.image.statistics().overall.mean) < 1e-9)
    let faults: [([String: JSONValue], String)] = [
      (["operation": "gausblur"], "gaussblur"),
      (["operation": "gaussblur", "arguments": ["sigma": -1]], "sigma"),
      (["operation": "gaussblur", "arguments": ["sgma": 1]], "sgma"),
    ]
    for (settings, word) in faults {
      let conflict = await #expect(throws: ParameterConflict.self) {
        _ = try await outputs(of: VipsOperation.self, settings, ["images": [picture]])
      }
      #expect(conflict?.message.contains(word) == true)
    }
  }

  @Test(
    "pictures are resized to the size the rule says",
    arguments: [
      ("inside", 30, 20), ("cover", 40, 27), ("exact", 40, 20),
    ])
  func resize(_ fit: String, _ width: Int, _ height: Int) async throws {
    let result = try await outputs(
      of: ResizeImage.self, ["width": 40, "height": 20, "fit": .string(fit)],
      ["image": [try Sample.picture(90, 60)]])
    let image = try result[ResizeImage.result].image
    #expect((image.width, image.height) == (width, height))
  }
}

import Foundation
import Imaging
import PipelineKit
import Testing

@testable import Stages

/// Against what scikit-image and torchmetrics make of the same pictures (Scripts/fixtures/measures.py).
@Suite("measuring fidelity and differences of colours")
struct FidelityTests {
  private static let (width, height) = (48, 40)

  private static func expected(_ path: String...) throws -> JSONValue {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(
      path: "Fixtures/measures.json")
    let content = try JSONValue(parsing: String(contentsOf: file, encoding: .utf8))
    return try path.reduce(content) { try #require($0[$1]) }
  }

  private static func before(_ x: Int, _ y: Int, _ band: Int) -> Int {
    (x * 5 + y * 3 + band * 40 + x * y / 16) % 200
  }
  private static func after(_ x: Int, _ y: Int, _ band: Int) -> Int {
    before(x, y, band) + (x * 7 + y * 11 + band) % 13
  }

  private static func picture(_ value: (Int, Int, Int) -> Int) throws -> Picture {
    let pixels = (0..<width * height * 3).map {
      UInt8(value($0 / 3 % width, $0 / 3 / width, $0 % 3))
    }
    return Picture(try Image(pixels: pixels, width: width, height: height, bands: 3))
  }

  private static func hole() throws -> Mask {
    let pixels = (0..<width * height).map { index -> UInt8 in
      guard (12..<20).contains(index / width), (10..<17).contains(index % width) else { return 0 }
      return index % width == 10 ? 100 : 255
    }
    return try Mask(Image(pixels: pixels, width: width, height: height, bands: 1))
  }

  private func report<S: Stage>(_ stage: S.Type, _ inputs: [String: any PortValue]) async throws -> JSONValue
  {
    try await outputs(of: stage, [:], inputs.mapValues { [$0] })[Output<Report>("report", help: "")].json
  }

  private func number(_ value: JSONValue, _ path: String...) throws -> Double {
    try #require(path.reduce(value) { $0[$1] ?? .null }.number, "\(path) of \(value)")
  }

  @Test(
    "PSNR and SSIM are torchmetrics', whole, outside a hole and with a black hole; at 16 bits, too",
    arguments: [false, true])
  func fidelity(isDeep: Bool) async throws {
    var (before, after) = (try Self.picture(Self.before), try Self.picture(Self.after))
    if isDeep { after = Picture(try after.image.rescaled(to: .uint16).tagged(as: .rgb16)) }
    let whole = try await report(MeasureFidelity.self, ["before": before, "after": after])
    for name in ["psnr", "ssim", "SSIM_bg"] {
      #expect(abs(try number(whole, name) - number(Self.expected("fidelity", "whole"), name)) < 1e-5)
    }
    #expect(whole["identical"] == false)
    let kept = try await report(
      MeasureFidelity.self, ["before": before, "after": after, "mask": Self.hole()])
    for name in ["psnr", "ssim", "SSIM_bg"] {
      #expect(abs(try number(kept, name) - number(Self.expected("fidelity", "kept"), name)) < 1e-5, "\(name)")
    }
    before = after
    let same = try await report(MeasureFidelity.self, ["before": before, "after": after])
    #expect(same["psnr"] == .null && same["identical"] == true)
    #expect(abs(try number(same, "ssim") - 1) < 1e-12)
  }

  @Test("a mask that leaves nothing is refused; one that leaves no window gives null")
  func nothingLeft() async throws {
    let picture = try Self.picture(Self.before)
    let all = try Mask(Image.filled(width: Self.width, height: Self.height, colour: [255]))
    await #expect(throws: StageFailure.self) {
      _ = try await report(MeasureFidelity.self, ["before": picture, "after": picture, "mask": all])
    }
    let narrow = try Sample.mask(Self.width, Self.height, Box(x: 8, y: 0, width: 32, height: 40))
    let result = try await report(
      MeasureFidelity.self, ["before": picture, "after": picture, "mask": narrow])
    #expect(result["ssim"] == .null && result["identical"] == true)
    let small = try Sample.picture(10, 9)
    let without = try await report(MeasureFidelity.self, ["before": small, "after": small])
    #expect(without["ssim"] == .null)
    #expect(abs(try number(without, "SSIM_bg") - 1) < 1e-12)
  }

  @Test("ΔE is scikit-image's by both formulas, inside, outside and over all")
  func differences() async throws {
    let (before, after) = (try Self.picture(Self.before), try Self.picture(Self.after))
    let result = try await report(
      MeasureColourDifference.self, ["before": before, "after": after, "mask": Self.hole()])
    for region in ["whole", "inside", "outside"] {
      for formula in ["cie76", "ciede2000"] {
        for value in ["mean", "median", "largest"] {
          let expected = try number(Self.expected("differences"), region, formula, value)
          #expect(
            abs(try number(result, region, formula, value) - expected) < 2e-3 * expected,
            "\(region) \(formula) \(value)")
        }
      }
    }
    let alone = try await report(MeasureColourDifference.self, ["before": before, "after": before])
    #expect(try number(alone, "whole", "ciede2000", "largest") == 0 && alone["inside"] == nil)
  }
}

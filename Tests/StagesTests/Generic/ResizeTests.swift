import Imaging
import PipelineKit
import Testing

@testable import Stages

@Suite("sizes that pictures are brought to")
struct ResizeTests {
  private func estimate(_ settings: [String: JSONValue], _ width: Int, _ height: Int) throws -> Estimate {
    try made(ResizeImage.self, settings).estimate(
      StageShapes([
        "image": [.picture(width: width, height: height, bands: 3, bits: 8, space: "sRGB")]
      ]))
  }

  @Test(
    "a size that no picture can have is the setting's fault, said before anything runs",
    arguments: [
      (["scale": 1000], 10_001, 4, "scale", "10001000 columns"),
      (["width": 1_000_000], 1, 11, "width", "11000000 rows"),
      (["height": 1_000_000], 12, 1, "height", "12000000 columns"),
      (["width": 1_000_000, "height": 1_000_000, "fit": "cover"], 1, 11, "width", "11000000 rows"),
    ] as [([String: JSONValue], Int, Int, String, String)])
  func impossible(
    _ settings: [String: JSONValue], _ width: Int, _ height: Int, _ parameter: String, _ fault: String
  ) async throws {
    let conflict = #expect(throws: ParameterConflict.self) { try estimate(settings, width, height) }
    #expect(conflict?.parameter == parameter)
    #expect(conflict?.message.contains(fault) == true)
    // What only the run learns the size of is refused by the run.
    let picture = try Picture(
      Image(
        pixels: [UInt8](repeating: 7, count: 3 * width * height), width: width, height: height, bands: 3))
    let error = await #expect(throws: ParameterConflict.self) {
      try await outputs(of: ResizeImage.self, settings, ["image": [picture]])
    }
    #expect(error?.description.hasPrefix("\(parameter): ") == true)
  }

  @Test("the largest that is possible is not refused")
  func largest() throws {
    let shape = try estimate(["scale": 1000], 10_000, 1).outputs["image"]
    #expect(shape?.sizes["width"] == 10_000_000)
  }
}

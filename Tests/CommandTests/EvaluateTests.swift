import Foundation
import Imaging
import PipelineKit
import Testing

@Suite("the command evaluates sets of pictures")
struct EvaluateTests {
  private static let measures = "fid,kid,clip-fid,cmmd,qs-fitted,diversity"

  /// Folders of pictures, one of them with a file that is no picture, and weights of a narrow Inception.
  private func workplace() throws -> Workplace {
    let place = try Workplace()
    for (folder, count, factor) in [("results", 4, 7), ("photos", 24, 11)] {
      try FileManager.default.createDirectory(
        atPath: place.path(folder), withIntermediateDirectories: true)
      for number in 0..<count {
        let pixels = (0..<40 * 32 * 3).map { UInt8(($0 * (factor + number) + $0 / 96 * number) % 251) }
        try Image(pixels: pixels, width: 40, height: 32, bands: 3).write(
          to: place.path("\(folder)/\(number).png"))
      }
    }
    try place.write("results/broken.png", "no picture")
    try TinyEncoders.writeInception(to: place.path("inception.safetensors"))
    return place
  }

  private func arguments(_ reference: String, _ measures: String = Self.measures) -> [String] {
    [
      "evaluate", "results", "--reference", reference, "--measures", measures, "--json", "--inception",
      "inception.safetensors", "--clip", TinyEncoders.clip, "--clip-large", TinyEncoders.clip,
    ]
  }

  @Test("measures, what they were taken of, and what was left out; a second time all features are kept")
  func whole() async throws {
    let place = try workplace()
    let ending = try await place.run(arguments("photos"))
    #expect(ending.code == 0, "\(ending.errors)")
    let report = try JSONValue(parsing: ending.text)
    #expect(report["results"]?["pictures"]?.integer == 4)
    #expect(report["results"]?["skipped"]?.array?.first?["picture"]?.string == "broken.png")
    let entries = try #require(report["measures"]?.array)
    #expect(
      entries.compactMap { $0["measure"]?.string } == Self.measures.split(separator: ",").map(String.init))
    #expect(entries.allSatisfy { $0["value"]?.number != nil }, "\(ending.text)")
    #expect(report["encoders"]?.array?.first?["preparation"]?.string == "pytorch-fid")
    #expect(report["encoders"]?.array?.first?["sha256"]?.string?.count == 64)

    let again = try JSONValue(parsing: try await place.run(arguments("photos")).text)
    #expect(again["measures"] == report["measures"])
    #expect(again["results"]?["featuresMade"]?.integer == 0)
  }

  @Test("statistics of a folder stand for it, but for what needs the pictures and sees otherwise")
  func statistics() async throws {
    let place = try workplace()
    let make = [
      "evaluate", "statistics", "photos", "--inception", "inception.safetensors", "--out",
      "photos.safetensors", "--moments-only",
    ]
    let made = try await place.run(make)
    #expect(made.code == 0, "\(made.errors)")
    let folder = try JSONValue(parsing: try await place.run(arguments("photos", "fid")).text)
    let file = try JSONValue(parsing: try await place.run(arguments("photos.safetensors", "fid")).text)
    let value = try #require(folder["measures"]?.array?.first?["value"]?.number)
    #expect(abs(try #require(file["measures"]?.array?.first?["value"]?.number) - value) < 1e-6 * value)

    let kernel = try await place.run(arguments("photos.safetensors", "fid,kid"))
    #expect(kernel.code == 4 && kernel.errors.contains("not taken: kid"), "\(kernel.errors)")
    let other = try await place.run(arguments("photos.safetensors", "fid") + ["--resize", "clean-fid"])
    #expect(other.code == 4 && other.text.contains("pytorch-fid"), "\(other.text)")
  }

  @Test("exemplars and masks of a folder's pictures are found by their names")
  func sources() async throws {
    let place = try workplace()
    for number in 0..<3 {
      try FileManager.default.copyItem(
        atPath: place.path("photos/\(number).png"), toPath: place.path("\(number)-exemplar.png"))
      try place.mask(width: 40, height: 32).write(to: place.path("\(number)-mask.png"))
    }
    let ending = try await place.run(
      "evaluate", "results", "--measures", "clip-score,dino", "--exemplar", "{name}-exemplar.png", "--mask",
      "{name}-mask.png", "--json", "--clip", TinyEncoders.clip, "--dino", TinyEncoders.dino)
    #expect(ending.code == 0, "\(ending.errors)")
    let entries = try #require(JSONValue(parsing: ending.text)["measures"]?.array)
    for entry in entries {
      #expect(entry["pictures"]?.integer == 3 && entry["deviation"]?.number != nil, "\(entry)")
      // The broken picture has no mask; the fourth picture neither.
      #expect(entry["skipped"]?.array?.count == 2)
    }
  }

  @Test("what an evaluation lacks is said before anything is computed")
  func refusals() async throws {
    let place = try workplace()
    for (arguments, words) in [
      (["results", "--measures", "fid"], "--reference"),
      (["results", "--measures", "fids", "--reference", "photos"], "did you mean 'fid'"),
      (["results", "--measures", "qs"], "--mixture"),
      (["results"], "--preset"),
      (["results", "--preset", "cocoo"], "there are cocoee"),
      (["./nowhere", "--measures", "diversity"], "no such folder"),
    ] {
      let ending = try await place.run(["evaluate"] + arguments)
      #expect(ending.code == 2 && ending.errors.contains(words), "\(ending.errors)")
    }
    let missing = try await place.run("evaluate", "results", "--measures", "diversity", "--clip", "none-such")
    #expect(missing.code == 5, "\(missing.errors)")
    #expect(missing.text.contains("none-such"))
  }
}

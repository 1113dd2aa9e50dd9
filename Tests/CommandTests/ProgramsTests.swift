import Foundation
import Imaging
import PipelineKit
import Testing

@Suite("the command for other programs")
struct ProgramsTests {
  private let place: Workplace

  init() throws {
    place = try Workplace()
    try place.furnish()
  }

  private func events(_ ending: Workplace.Ending) throws -> [JSONValue] {
    try ending.text.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
  }

  @Test("faults of a document, and what is missing, come as an event")
  func refusals() async throws {
    let invalid = try await place.run("paste.json", "--set", "blend.fether=3", "--json")
    #expect(invalid.code == 3)
    let event = try #require(try events(invalid).last)
    #expect(event["event"] == "refused")
    #expect(event["faults"]?.array?.first?["suggestion"] == "feather")
    #expect(invalid.errors.contains("fether"))

    try place.write("broken.json", "{")
    let broken = try await place.run("broken.json", "--json")
    #expect(broken.code == 3)
    #expect(try events(broken).last?["faults"]?.array?.first?["line"] == 1)

    let pipeline = Workplace.repository.appending(path: "Pipelines/paint-by-example.json").path
    let missing = try await place.run(
      pipeline, "--input", "scene=scene.png", "--input", "mask=mask.png", "--input", "exemplar=exemplar.png",
      "--model", "nothing-of-that-name", "--json")
    #expect(missing.code == 5)
    let first = try #require(try events(missing).last?["missing"]?.array?.first)
    #expect(first["message"]?.string?.contains("nothing-of-that-name") == true && first["remedy"] != nil)

    let plan = try await place.run("plan", "paste.json", "--set", "blend.fether=3", "--json")
    #expect(plan.code == 3)
    #expect(try JSONValue(parsing: plan.text)["faults"]?.array?.count == 1)
  }

  @Test("cache info says its numbers as JSON")
  func cache() async throws {
    _ = try await place.run("paste.json")
    let info = try JSONValue(parsing: try await place.run("cache", "info", "--json").text)
    #expect((info["results"]?.integer ?? 0) > 0 && (info["bytes"]?.integer ?? 0) > 0)
    #expect(info["folder"]?.string == place.path("cache") + "/")
    #expect(info["limitBytes"] != nil && info["compiledNetworks"]?["count"] == 0)
  }

  @Test("results are named by the params they were made with")
  func names() async throws {
    let named = try await place.run(
      "paste.json", "--out", "runs/{feather}-{photo}", "--param", "feather=3", "--quiet")
    #expect(named.code == 0 && place.exists("runs/3-scene/result.png"), "\(named.errors)")
    let wrong = try await place.run("paste.json", "--out", "runs/{fether}")
    #expect(wrong.code == 3 && wrong.errors.contains("did you mean 'feather'"), "\(wrong.errors)")
  }
}

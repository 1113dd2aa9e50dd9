import Foundation
import PipelineKit
import Testing

@Suite("studies on the command line")
struct StudyCommandTests {
  private let place: Workplace

  init() throws {
    place = try Workplace()
    try place.furnish()
  }

  @Test("are built of a batch's results, answered, and reported as text, JSON and a page")
  func study() async throws {
    let batch = try await place.run(
      "batch", "paste.json", "--axis", "feather=0..2", "--axis", "exemplar=exemplar.png,scene.png", "--out",
      "many", "--quiet")
    try #require(batch.code == 0, "\(batch.errors)")
    let build = try await place.run(
      "study", "build", "many", "--method", "feather", "--question", "Which looks best?", "--out", "study")
    try #require(build.code == 0, "\(build.errors)")
    try StudyPeople.answer(place, key: "study/study-key.json", into: "answers")
    let report = [
      "study", "report", "answers/p1.csv", "answers/p2.csv", "answers/p3.csv", "--key",
      "study/study-key.json",
    ]

    let text = try await place.run(report + ["--html", "pages/results.html"])
    #expect(
      text.code == 0 && text.text.contains("3 people answered, 3 count; 2 groups of 3 methods"),
      "\(text.errors)")
    #expect(text.text.contains("Nemenyi") && text.text.contains("Kendall's W = 0.78"), "\(text.text)")
    #expect(
      try String(decoding: place.read("pages/results.html"), as: UTF8.self).contains("\"Which looks best?\""))

    let json = try await place.run(report + ["--json", "--post-hoc", "wilcoxon-holm", "--draws", "200"])
    let question = try #require(try JSONValue(parsing: json.text)["questions"]?.array?.first)
    #expect(question["people"] == 3 && question["answers"] == 6)
    #expect(question["methods"]?.array?.map { $0["name"] } == ["0", "1", "2"])
    #expect(question["wins"] == [[0, 4, 6], [2, 0, 6], [0, 0, 0]])
    #expect(question["pairs"]?.array?.allSatisfy { $0["exact"] == true } == true)
  }

  @Test("are refused in words for files that are no answers, and keys that are none")
  func faults() async throws {
    try place.write("key.json", "{}")
    let key = try await place.run("study", "report", "p.csv", "--key", "key.json")
    #expect(key.code == 2 && key.errors.contains("key.json is no key of a study"), "\(key.errors)")
    let level = try await place.run("study", "report", "p.csv", "--key", "key.json", "--level", "2")
    #expect(level.code == 2 && level.errors.contains("the level is between 0.5 and 1"), "\(level.errors)")
    let test = try await place.run("study", "report", "p.csv", "--key", "key.json", "--post-hoc", "tukey")
    #expect(test.code == 2 && test.errors.contains("wilcoxon-holm"), "\(test.errors)")
  }
}

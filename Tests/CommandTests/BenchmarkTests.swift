import Experiments
import Foundation
import PipelineKit
import Testing

@Suite("the paper's benchmark, in miniature")
struct BenchmarkTests {
  /// A folder with the experiments, what they run, and 20 pictures of the rendered world in the benchmark's layout.
  private func workplace() async throws -> Workplace {
    let place = try Workplace()
    for name in ["Experiments", "Pipelines"] {
      try FileManager.default.createDirectory(
        at: URL(filePath: place.path(name)), withIntermediateDirectories: true)
    }
    for name in ["Experiments/cocoee.json", "Experiments/cocoee-authors.json", "Pipelines/cocoee.json"] {
      try FileManager.default.copyItem(
        at: Workplace.repository.appending(path: name), to: URL(filePath: place.path(name)))
    }
    let made = try await place.run(
      "world", "--benchmark", "--count", "20", "--size", "64", "--split", "held-out", "--out", "test_bench",
      "--quiet")
    #expect(made.code == 0, "\(made.errors)")
    return place
  }

  private func painted(_ experiment: String, _ place: Workplace, _ options: String...) async throws
    -> Workplace.Ending
  {
    try await place.run(
      [
        "batch", "Experiments/\(experiment).json", "--param", "model=paint-by-example-128", "--param",
        "steps=1",
        "--param", "precision=f32", "--quiet",
      ] + options)
  }

  private func pictures(_ folder: String, _ place: Workplace) throws -> [String: Data] {
    let results = ResultsFolder(URL(filePath: place.path(folder), directoryHint: .isDirectory))
    return try results.latest().reduce(into: [:]) { pictures, row in
      pictures[row.name] = try Data(contentsOf: #require(row.files["picture"]).url(in: results.url))
    }
  }

  @Test("each picture has noise of its own, and the same whatever part of the benchmark runs")
  func parts() async throws {
    let place = try await workplace()
    #expect(try await painted("cocoee", place, "--out", "out", "--limit", "2").code == 75)
    let whole = try await painted("cocoee", place, "--out", "out")
    #expect(whole.code == 0, "\(whole.errors)")
    let all = try pictures("out", place)
    #expect(all.count == 20 && all["000000000007"] != nil && Set(all.values).count == 20)
    #expect(try await painted("cocoee", place, "--out", "part", "--shard", "2/5", "--no-cache").code == 0)
    let part = try pictures("part", place)
    #expect(!part.isEmpty && part.allSatisfy { all[$0.key] == $0.value })
  }

  @Test("in the authors' order a picture has the noise of its place on their list, whatever part runs")
  func authors() async throws {
    let place = try await workplace()
    #expect(try await painted("cocoee-authors", place, "--out", "out", "--limit", "3").code == 75)
    let first = try pictures("out", place)
    let whole = try await painted("cocoee-authors", place, "--out", "whole", "--no-cache")
    #expect(whole.code == 0, "\(whole.errors)")
    let all = try pictures("whole", place)
    #expect(all.count == 20 && first.count == 3 && first.allSatisfy { all[$0.key] == $0.value })
    let places = ResultsFolder(URL(filePath: place.path("whole"), directoryHint: .isDirectory)).latest().map {
      $0.values["position"]
    }
    #expect(places == (0..<20).map { "\($0)" })
    // Not the order of their names.
    #expect(Array(first.keys.sorted()) != (1...3).map { "00000000000\($0)" })
  }
}

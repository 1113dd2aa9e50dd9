import Evaluation
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

  private func evaluated(_ place: Workplace, _ options: String...) async throws -> Workplace.Ending {
    try await place.run(
      [
        "evaluate", "out", "--quiet", "--clip", TinyEncoders.clip, "--clip-large", TinyEncoders.clip,
        "--dino",
        TinyEncoders.dino, "--dreamsim", TinyEncoders.dreamSim, "--inception", "inception.safetensors",
        "--lpips", "lpips.safetensors",
      ] + options)
  }

  @Test("every measure is taken of what was painted, and the table has the published figures beside ours")
  func evaluation() async throws {
    let place = try await workplace()
    try TinyEncoders.writeInception(to: place.path("inception.safetensors"))
    try TinyEncoders.writeLPIPS(to: place.path("lpips.safetensors"))
    try TinyEncoders.writeMixture(to: place.path("mixture.safetensors"))
    let painted = try await painted(
      "cocoee", place, "--out", "out", "--axis", "seed=42,43", "--name", "{item}-{seed}", "--limit", "8")
    #expect(painted.code == 75, "\(painted.errors)")
    let measures = SetMeasures.all.map { $0.name }
    let references = ["--reference", "test_bench", "--mixture", "mixture.safetensors"]
    let all = try await evaluated(
      place, "--measures", measures.joined(separator: ","), references[0], references[1], references[2],
      references[3], "--json")
    #expect(all.code == 0, "\(all.errors)")
    let entries = try #require(JSONValue(parsing: all.text)["measures"]?.array)
    #expect(entries.count == measures.count)
    for entry in entries {
      #expect(entry["value"]?.number != nil, "\(entry)")
      // Of the box of a long, thin object LPIPS sees too little: such pairs are left out, and named.
      let left = entry["skipped"]?.array?.count ?? 0
      #expect(entry["pictures"]?.integer == 8 - 2 * left, "\(entry)")
    }
    let spread = entries.first { $0["measure"]?.string == "diversity-lpips" }
    #expect(try #require(spread?["value"]?.number) > 0)

    let table = try await evaluated(
      place, "--preset", "cocoee", references[0], references[1], references[2], references[3])
    #expect(table.code == 0, "\(table.errors)")
    let tableLines = table.text.split(separator: "\n")
    #expect(
      tableLines.contains {
        $0.hasPrefix("Paint by Example") && $0.hasSuffix("published") && $0.contains("84.97")
      })
    #expect(tableLines.contains { $0.hasPrefix("these pictures") && $0.hasSuffix("measured here") })
    #expect(table.text.contains("of 8 pictures"))

    let parted = try await evaluated(place, "--measures", "clip-score", "--by", "seed", "--json")
    let parts = try #require(JSONValue(parsing: parted.text)["parts"]?.array)
    #expect(parts.map { $0["values"]?["seed"]?.string } == ["42", "43"])
    #expect(parts.allSatisfy { $0["measures"]?.array?.first?["pictures"]?.integer == 4 })
    let lines = try await evaluated(place, "--measures", "clip-score", "--by", "seed").text.split(
      separator: "\n")
    #expect(lines[0].hasPrefix("seed") && lines[1].hasPrefix("42") && lines[2].hasPrefix("43"))
    let unknown = try await evaluated(place, "--measures", "clip-score", "--by", "sed")
    #expect(unknown.code == 2 && unknown.errors.contains("did you mean 'seed'"), "\(unknown.errors)")

    let partial = try await evaluated(place, "--preset", "cocoee")
    #expect(partial.code == 4 && partial.errors.contains("not taken: clip-fid, qs"), "\(partial.errors)")
    let missing = try await place.run("evaluate", "out", "--preset", "cocoee", "--quiet")
    #expect(
      missing.code == 5 && missing.text.contains("pipeline-run models pull clip-vit-b-32"), "\(missing.text)")
  }
}

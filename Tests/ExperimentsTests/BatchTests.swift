@testable import Experiments
import Foundation
import Foundations
import PipelineKit
import PipelineTesting
import Testing

@Suite("A batch")
struct BatchTests {
  private let trial: Trial

  init() throws { trial = try Trial() }

  private static let crossed = """
    {"formatVersion": 1, "pipeline": "pipeline.json", "inputs": {"scene": "in/2.json"},
     "axes": {"guidance": [1, 3], "seed": {"count": 3, "from": 4}}, "name": "{guidance}-{seed}"}
    """

  @Test("runs every combination, what rows share but once, and records each row")
  func crossed() async throws {
    let summary = try await trial.run(Self.crossed, store: false)
    #expect(summary.done == 6 && summary.isComplete && summary.rows == 6)
    #expect(
      try trial.results == [
        "1-4": "2014", "1-5": "2015", "1-6": "2016", "3-4": "2034", "3-5": "2035", "3-6": "2036",
      ])
    #expect(trial.count.now == 1)
    let record = try #require(ResultsFolder(trial.bench.outputFolder).latest().first { $0.name == "3-5" })
    #expect(record.values == ["guidance": "3", "seed": "5"] && record.attempt == 1)
    #expect(record.files["picture"]?.path == "3-5/picture.json" && record.files["picture"]?.bytes == 8)
    #expect(record.fingerprint != nil)
  }

  @Test("makes the same bytes and fingerprints as single runs, whatever the window", arguments: [1, 2, 24])
  func windows(window: Int) async throws {
    try await trial.run(Self.crossed, store: false) { $0.window = window }
    let results = try trial.results
    #expect(results["3-6"] == "2036" && results.count == 6)
    let plan = try Planner(registry: trial.bench.registry).plan(
      PipelineDocument(
        contentsOf: trial.bench.folder.appending(path: "pipeline.json"), named: "pipeline.json"),
      trial.bench.request {
        $0.params = ["guidance": .json(3), "seed": .json(6)]
        $0.inputs = ["scene": "in/2.json"]
      })
    let record = ResultsFolder(trial.bench.outputFolder).latest().first { $0.name == "3-6" }
    #expect(record?.fingerprint == plan.fingerprint)
  }

  @Test("goes on where it was interrupted, keeps what is there, and makes anew what is gone")
  func resumed() async throws {
    let first = try await trial.run(Self.crossed) { $0.limit = 2 }
    #expect(first.done == 2 && !first.isComplete)
    let second = try await trial.run(Self.crossed)
    #expect(second.kept == 2 && second.done == 4 && second.isComplete)
    try FileManager.default.removeItem(at: trial.bench.outputFolder.appending(path: "3-5/picture.json"))
    let third = try await trial.run(Self.crossed)
    #expect(third.kept == 5 && third.done == 1 && third.stale == 0)
    #expect(try trial.results.count == 6)
    #expect(trial.number(of: "3-5") == "2035")
  }

  @Test("what another document or file made is named and made anew")
  func stale() async throws {
    try await trial.run(Self.crossed)
    try trial.bench.write("7", to: "in/2.json")
    let summary = try await trial.run(Self.crossed)
    #expect(summary.stale == 6 && summary.done == 6 && summary.kept == 0)
    #expect(try trial.results["1-4"] == "7014")
  }

  @Test("a row that fails is recorded and stops no other; it is tried again when that is asked for")
  func failures() async throws {
    let text = """
      {"formatVersion": 1, "pipeline": "pipeline.json", "inputs": {"scene": "in/1.json"},
       "axes": {"guidance": [1, 13, 3]}}
      """
    let summary = try await trial.run(text)
    #expect(summary.done == 2 && summary.failed == 1 && !summary.isComplete)
    #expect(summary.failures.first?.name == "13")
    #expect(summary.failures.first?.error.contains("stage 'paint' (test.paint) failed: thirteen") == true)
    let again = try await trial.run(text)
    #expect(again.kept == 2 && again.failed == 1 && again.done == 0)
    let retried = try await trial.run(text) { $0.retriesFailed = true }
    #expect(retried.failed == 1)
    #expect(ResultsFolder(trial.bench.outputFolder).latest().first { !$0.isDone }?.attempt == 2)
  }

  @Test("stops at the first failure when that is asked for")
  func stops() async throws {
    let text = """
      {"formatVersion": 1, "pipeline": "pipeline.json", "inputs": {"scene": "in/1.json"},
       "axes": {"guidance": [13, 1, 3]}}
      """
    let summary = try await trial.run(text) {
      $0.stopsOnFailure = true
      $0.window = 1
    }
    #expect(summary.failed == 1 && summary.done == 0)
  }

  @Test("a line that a crash cut off is passed over, and the row made again")
  func tornRecord() async throws {
    try await trial.run(Self.crossed)
    let file = trial.bench.outputFolder.appending(path: "results.jsonl")
    let data = try Data(contentsOf: file)
    try data.dropLast(100).write(to: file)
    let summary = try await trial.run(Self.crossed)
    #expect(summary.kept == 5 && summary.done == 1)
    #expect(try trial.results.count == 6)
  }

  @Test("shards take each row once, and their records join")
  func shards() async throws {
    for shard in try (1...3).map({ try Shard("\($0)/3") }) {
      try await trial.run(Self.crossed) { $0.shard = shard }
    }
    let folder = ResultsFolder(trial.bench.outputFolder)
    #expect(
      folder.recordFiles.map(\.lastPathComponent) == [
        "results-1-of-3.jsonl", "results-2-of-3.jsonl", "results-3-of-3.jsonl",
      ])
    #expect(try folder.merge() == 6)
    #expect(folder.recordFiles.map(\.lastPathComponent) == ["results.jsonl"])
    let summary = try await trial.run(Self.crossed)
    #expect(summary.kept == 6)
  }

  @Test("two processes do not write the same records")
  func busy() async throws {
    try await trial.run(Self.crossed)
    let log = try RecordLog(trial.bench.outputFolder.appending(path: "results.jsonl"))
    await #expect(throws: BatchIsRunning.self) { try await trial.run(Self.crossed) }
    withExtendedLifetime(log) {}
  }

  @Test("tables give rows; their paths start beside them, and an empty cell leaves the default")
  func tables() async throws {
    try trial.bench.write("scene,guidance,note\n1.json,2,\n2.json,,\n", to: "in/rows.csv")
    let faults = try trial.faults(
      #"{"formatVersion": 1, "pipeline": "pipeline.json", "rows": {"table": "in/rows.csv"}}"#)
    #expect(faults.first?.message == "in/rows.csv:1: the pipeline has no param or input 'note'")
    try trial.bench.write("scene,guidance\n1.json,2\n\"2.json\",\n", to: "in/rows.csv")
    let summary = try await trial.run(
      #"{"formatVersion": 1, "pipeline": "pipeline.json", "rows": {"table": "in/rows.csv"}, "name": "row-{scene}"}"#
    )
    #expect(summary.isComplete && summary.rows == 2)
    #expect(try trial.results == ["row-1": "1341", "row-2": "2371"])
  }

  @Test("JSON lines give rows, each with members of its own")
  func objects() async throws {
    try trial.bench.write(
      "{\"scene\": \"in/1.json\", \"seed\": 1}\n\n{\"scene\": \"in/3.json\"}\n", to: "rows.jsonl")
    try await trial.run(
      #"{"formatVersion": 1, "pipeline": "pipeline.json", "rows": {"table": "rows.jsonl"}, "name": "{row}"}"#)
    #expect(try trial.results == ["000000": "1051", "000001": "3371"])
  }

  @Test("files that belong together by their names are rows")
  func files() async throws {
    try await trial.run(
      """
      {"formatVersion": 1, "pipeline": "pipeline.json", "rows": {"files": {"scene": "in/{id}.json"}},
       "axes": {"guidance": [0, 1]}, "exclude": [{"guidance": 1, "id": "2"}], "name": "{id}/{guidance}"}
      """)
    #expect(
      try trial.results == [
        "1/0": "1321", "1/1": "1331", "2/0": "2321", "2/1": "2331", "3/0": "3321", "3/1": "3331",
      ])
  }

  @Test("a list decides which rows of files there are and their order; a brace sets the param of its name")
  func order() async throws {
    try trial.bench.write("3\n01\n", to: "ids.txt")
    func experiment(_ list: String) -> String {
      """
      {"formatVersion": 1, "pipeline": "pipeline.json", "name": "{row}-{position}",
       "rows": {"files": {"scene": "in/{seed}.json"}, "order": {"seed": "\(list)"}}}
      """
    }
    try await trial.run(experiment("ids.txt"))
    #expect(try trial.results == ["000000-0": "3053", "000001-1": "1051"])
    try trial.bench.write("3\n4\n", to: "more.txt")
    for (list, words) in [("more.txt", "1 of them without files: 4"), ("none.txt", "cannot be read")] {
      #expect(try trial.faults(experiment(list)).contains { $0.message.contains(words) })
    }
  }

  @Test("a swap is an axis, and zipped axes go in step")
  func swaps() async throws {
    try trial.bench.write(
      """
      {"formatVersion": 1, "inputs": {"a": "number"},
       "stages": {"twice": {"use": "number.add", "in": {"numbers": ["inputs.a", "inputs.a"]}}},
       "outputs": {"number": "twice.number"}}
      """, to: "twice.json")
    try await trial.run(
      """
      {"formatVersion": 1, "pipeline": "pipeline.json", "inputs": {"scene": "in/1.json"},
       "axes": {"swap:paint": ["test.paint", "./twice.json"], "seed": [1, 2], "guidance": [3, 4]},
       "zip": [["seed", "guidance"]], "name": "{swap:paint}-{seed}-{guidance}"}
      """)
    #expect(
      try trial.results == [
        "test.paint-1-3": "1031", "test.paint-2-4": "1042", "twice-1-3": "2000", "twice-2-4": "2000",
      ])
  }

  @Test("a forecast says what is shared and kept, and runs nothing")
  func forecast() async throws {
    let before = try await trial.batch(trial.experiment(Self.crossed)).forecast()
    #expect(before.toRun == 6 && before.kept == 0 && before.ownRows == 6 && before.seconds == nil)
    #expect(before.distinctStages < before.stages)
    #expect(trial.count.now == 0 && !FileManager.default.fileExists(atPath: trial.bench.outputFolder.path))
    try await trial.run(Self.crossed) { $0.limit = 3 }
    let after = try await trial.batch(trial.experiment(Self.crossed)).forecast()
    #expect(after.toRun == 3 && after.kept == 3 && after.freeBytes > 0)
    // Three files of 8 bytes, and a line each.
    let log = try Data(contentsOf: trial.bench.outputFolder.appending(path: "results.jsonl"))
    #expect(after.bytes == (24 + log.count) / 3 * 3)
  }

  @Test("rows that are no longer of the experiment are named and count no more; come back, they are kept")
  func dropped() async throws {
    try await trial.run(Self.crossed)
    let fewer = Self.crossed.replacing("[1, 3]", with: "[3]")
    let summary = try await trial.run(fewer)
    #expect(summary.dropped == 3 && summary.kept == 3 && summary.done == 0)
    #expect(try trial.results.keys.sorted() == ["3-4", "3-5", "3-6"])
    let again = try await trial.run(Self.crossed)
    #expect(again.kept == 6 && again.dropped == 0 && trial.count.now == 1)
    #expect(try trial.results.count == 6)
  }

  @Test("a full disk is no row's fault: the batch ends, and the next one makes what is left")
  func fullDisk() async throws {
    trial.disk.isFull = true
    let failure = await #expect(throws: FileError.self) { try await trial.run(Self.crossed) }
    #expect(failure?.reason == .noSpace)
    #expect(try trial.results.isEmpty)
    trial.disk.isFull = false
    let summary = try await trial.run(Self.crossed)
    #expect(summary.done == 6 && summary.failed == 0)
  }

  @Test("a record that is newer counts, whichever file it stands in")
  func newest() async throws {
    try await trial.run(Self.crossed)
    let file = trial.bench.outputFolder.appending(path: "results.jsonl")
    // The merged file comes last by its name, and is older than what shards recorded since.
    try trial.bench.write("9", to: "in/2.json")
    for shard in try (1...2).map({ try Shard("\($0)/2") }) {
      try await trial.run(Self.crossed) { $0.shard = shard }
    }
    #expect(FileManager.default.fileExists(atPath: file.path(percentEncoded: false)))
    #expect(ResultsFolder(trial.bench.outputFolder).latest().allSatisfy { $0.time > 0 && $0.isDone })
    let summary = try await trial.run(Self.crossed)
    #expect(summary.kept == 6 && summary.stale == 0)
  }

  @Test("a sheet names what varies and an output that is there")
  func sheets() throws {
    let sheet = try #require(
      trial.experiment(
        Self.crossed.dropLast() + #", "sheet": {"rows": "guidance", "columns": "seed", "cell": 64}}"#
      ).sheet)
    #expect(sheet.rows == "guidance" && sheet.columns == "seed" && sheet.cell == 64)
    let faults = try trial.faults(
      Self.crossed.dropLast() + #", "sheet": {"rows": "guidnce", "columns": "seed", "output": "pictures"}}"#)
    #expect(Set(faults.map(\.suggestion)) == ["guidance", "picture"])
  }
}

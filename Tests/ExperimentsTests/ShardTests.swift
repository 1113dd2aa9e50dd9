@testable import Experiments
import PipelineKit
import Testing

@Suite("Shards")
struct ShardTests {
  @Test(
    "are found in the variables of job systems",
    arguments: [
      (["SLURM_ARRAY_TASK_ID": "7", "SLURM_ARRAY_TASK_MIN": "1", "SLURM_ARRAY_TASK_COUNT": "10"], "7/10"),
      (
        [
          "SLURM_ARRAY_TASK_ID": "9", "SLURM_ARRAY_TASK_MIN": "5", "SLURM_ARRAY_TASK_STEP": "2",
          "SLURM_ARRAY_TASK_MAX": "11", "SLURM_PROCID": "3",
        ], "3/4"
      ),
      (["AWS_BATCH_JOB_ARRAY_INDEX": "0", "AWS_BATCH_JOB_ARRAY_SIZE": "4"], "1/4"),
      (["BATCH_TASK_INDEX": "2", "BATCH_TASK_COUNT": "3"], "3/3"),
      (["CLOUD_RUN_TASK_INDEX": "1", "CLOUD_RUN_TASK_COUNT": "2"], "2/2"),
      (["LSB_JOBINDEX": "2", "LSB_JOBINDEX_END": "5"], "2/5"),
      (["SGE_TASK_ID": "3", "SGE_TASK_FIRST": "1", "SGE_TASK_LAST": "9", "SGE_TASK_STEPSIZE": "2"], "2/5"),
      (["JOB_COMPLETION_INDEX": "0", "JOB_COMPLETIONS": "5"], "1/5"),
    ])
  func automatic(_ environment: [String: String], _ expected: String) throws {
    let shard = try Shard(environment: environment)
    #expect("\(shard)" == expected && shard.source != nil)
  }

  @Test("are refused where the count is not known, there is no array, or only ranks are given")
  func refused() {
    #expect(throws: Shard.Fault.self) { try Shard(environment: [:]) }
    #expect(throws: Shard.Fault.self) {
      try Shard(environment: ["SLURM_PROCID": "1", "RANK": "1", "WORLD_SIZE": "4"])
    }
    #expect(throws: Shard.Fault.self) {
      try Shard(environment: ["LSB_JOBINDEX": "0", "SGE_TASK_ID": "undefined"])
    }
    let unknown = #expect(throws: Shard.Fault.self) { try Shard(environment: ["JOB_COMPLETION_INDEX": "3"]) }
    #expect(unknown?.description.contains("--shard 4/COUNT") == true)
    for text in ["0/4", "5/4", "1", "a/b", "1/0", "1/2/3"] {
      #expect(throws: Shard.Fault.self) { try Shard(text) }
    }
  }

  @Test("hold each key once, about as many each")
  func even() throws {
    let shards = try (1...8).map { try Shard("\($0)/8") }
    var counts = [Int](repeating: 0, count: 8)
    for number in 0..<4000 {
      let holders = shards.indices.filter { shards[$0].holds(ContentDigest(of: Array("\(number)".utf8))) }
      #expect(holders.count == 1)
      counts[holders[0]] += 1
    }
    #expect(counts.allSatisfy { (400...600).contains($0) })
  }

  @Test(
    "ranges are written as people would",
    arguments: [
      ("1..4", [1, 2, 3, 4]), ("0..1:0.25", [0, 0.25, 0.5, 0.75, 1]),
      ("0.1..0.5:0.1", [0.1, 0.2, 0.3, 0.4, 0.5]),
      ("4..1:-1", [4, 3, 2, 1]), ("1..2:0", nil), ("4..1", nil), ("a..b", nil), ("1..1e9", nil),
    ] as [(String, [Double]?)])
  func ranges(_ text: String, _ expected: [Double]?) { #expect(AxisRange(text)?.values == expected) }

  @Test("names hold nothing that leads elsewhere")
  func names() throws {
    let names = try RowNames("{scene}/{style}", varying: ["scene", "style"])
    func name(_ scene: String, _ style: String) -> String {
      names.name(of: Row(index: 0, values: [], varying: ["scene": scene, "style": style], line: nil))
    }
    #expect(name("../in/room.jpg", "a/b") == "room/b")
    #expect(name("..", "a:b*\u{1b}c") == "_/a_b__c")
    #expect(name("", "x") == "x")
  }
}

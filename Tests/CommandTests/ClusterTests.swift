import Experiments
import Foundation
import PipelineKit
import ProgramTesting
import Testing

/// The examples for clusters, run by Slurm and Snakemake where these are installed: `Examples/clusters/set-up-slurm.sh`,
/// `pip install snakemake`.
@Suite("batches on clusters")
struct ClusterTests {
  private static let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"

  /// Whether a line of shell ends well.
  private static func succeeds(_ line: String) async throws -> Bool {
    try await RunningProgram(URL(filePath: "/bin/sh"), ["-c", line]).end().code == 0
  }

  private let place: Workplace

  init() throws {
    place = try Workplace()
    try place.furnish()
    for name in ["slurm.sh", "Snakefile"] {
      try FileManager.default.copyItem(
        at: Workplace.repository.appending(path: "Examples/clusters/\(name)"),
        to: place.folder.appending(path: name))
    }
    try FileManager.default.createDirectory(
      at: place.folder.appending(path: "bin"), withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      at: place.folder.appending(path: "bin/pipeline-run"), withDestinationURL: Workplace.executable)
  }

  private func shell(_ line: String) async throws -> RunningProgram.Ending {
    try await RunningProgram(
      URL(filePath: "/bin/bash"), ["-c", line], in: place.folder,
      environment: [
        "PATH": "\(place.path("bin")):\(Self.path)", "HOME": place.folder.path,
        "PIPELINE_CACHE": place.path("cache"),
      ]
    ).end()
  }

  private func expectRows(_ count: Int) {
    let rows = ResultsFolder(place.folder.appending(path: "out", directoryHint: .isDirectory)).latest()
    #expect(rows.map(\.number) == Array(0..<count) && rows.allSatisfy(\.isDone))
  }

  private func write(_ axes: String) throws {
    try place.write("experiment.json", #"{"formatVersion": 1, "pipeline": "paste.json", "axes": \#(axes)}"#)
  }

  @Test(
    "Snakemake runs the shards and joins them, and again what is not done",
    .enabled("snakemake is not installed") { try await succeeds("command -v snakemake") })
  func snakemake() async throws {
    try write(#"{"feather": {"from": 0, "to": 11}}"#)
    let line = "snakemake --cores 2 --quiet all --config experiment=experiment.json out=out"
    let first = try await shell(line)
    #expect(first.code == 0, "\(first.errors)")
    expectRows(12)
    let again = try await shell("rm -r out.done out/3 && \(line)")
    #expect(again.code == 0, "\(again.errors)")
    expectRows(12)
    #expect(place.exists("out/3/result.png") && place.exists("out/results.jsonl"))
  }

  @Test(
    "a Slurm array of four makes all rows, though one task is stopped and requeued",
    .enabled("no Slurm runs here: Examples/clusters/set-up-slurm.sh sets one up") {
      try await succeeds("sinfo -h -o %T | grep -q -e idle -e mixed")
    })
  func slurm() async throws {
    // The rows wait until the array is let go on, so that the task is stopped in the middle.
    let script = "while [ ! -e \(place.path("go")) ]; do sleep 0.1; done; cp {in:image} {out:image}"
    let document = try JSONValue(parsing: Workplace.document)
    var stages = document["stages"]?.object ?? [:]
    stages["wait"] = [
      "use": "exec", "in": ["image": "blend.image"], "set": ["command": ["sh", "-c", .string(script)]],
    ]
    stages["save"] = ["use": "image.save", "in": ["image": "wait.image"], "set": ["path": "result.png"]]
    var members = document.object ?? [:]
    members["stages"] = .object(stages)
    members["params"] = .object((document["params"]?.object ?? [:]).filter { $0.key != "out" })
    try JSONWriter.canonical(.object(members)).write(to: place.folder.appending(path: "paste.json"))
    try write(#"{"feather": {"from": 0, "to": 11}}"#)
    let run = try await shell(
      """
      sed -i 's/--shard auto/--shard auto --allow-exec/' slurm.sh
      job=$(sbatch --parsable --export=ALL slurm.sh experiment.json out) || exit 1
      runs() { squeue -h -j $job -o %i 2> /dev/null | grep -q .; }
      until grep -qs 'rows are of this shard' slurm-${job}_1.out || ! runs; do sleep 0.2; done
      scontrol requeue ${job}_1
      while squeue -h -t R,CG -o %i | grep -q "${job}_1$"; do sleep 0.2; done
      touch go
      # A requeued task waits for two minutes unless it is told not to.
      while runs; do scontrol update jobid=${job}_1 starttime=now 2> /dev/null; sleep 0.5; done
      cat slurm-*.out
      pipeline-run batch merge out
      """)
    #expect(run.code == 0 && run.text.contains("DUE TO JOB REQUEUE"), "\(run.text)\(run.errors)")
    expectRows(12)
  }
}

import Experiments
import FileTesting
import Foundation
import Imaging
import PipelineKit
import ProgramTesting
import Testing

@Suite("batches on the command line")
struct BatchCommandTests {
  private func rows(_ folder: String, in place: Workplace) -> [RowRecord] {
    ResultsFolder(place.folder.appending(path: folder, directoryHint: .isDirectory)).latest()
  }

  private func pictures(_ folder: String, in place: Workplace) throws -> [String: Data] {
    var pictures: [String: Data] = [:]
    for row in rows(folder, in: place) where row.isDone {
      pictures[row.name] = try place.read("\(folder)/\(row.name)/result.png")
    }
    return pictures
  }

  @Test("a batch that is killed again and again goes on to the same bytes, and does nothing twice")
  func killed() async throws {
    let place = try Workplace()
    try place.furnish()
    let arguments = ["batch", "paste.json", "--axis", "feather=0..15", "--quiet", "--out"]
    let whole = try await place.run(arguments + ["whole"])
    #expect(whole.code == 0, "\(whole.errors)")
    var made = 0
    // The store would make the rows too quick to be caught.
    repeat {
      made = rows("killed", in: place).count
      let program = try place.start(arguments + ["killed", "--no-cache"])
      try await program.wait { rows("killed", in: place).count >= min(16, made + 2) }
      program.signal(SIGKILL)
      _ = try await program.end()
    } while rows("killed", in: place).count < 16
    let last = try await place.run(arguments + ["killed"])
    #expect(last.code == 0, "\(last.errors)")
    #expect(try pictures("killed", in: place) == pictures("whole", in: place))
    #expect(rows("killed", in: place).allSatisfy { $0.attempt == 1 && $0.isDone })
    let lines = try String(decoding: place.read("killed/results.jsonl"), as: UTF8.self).split(separator: "\n")
    #expect(lines.count == 16)
  }

  #if os(Linux)
    @Test("shards that share a folder and a store where nothing can be locked take each row once")
    func withoutLocks() async throws {
      let place = try Workplace()
      try place.furnish()
      try place.write(
        "nolock.c", "#include <errno.h>\nint flock(int file, int how) { errno = ENOLCK; return -1; }\n")
      let compiled = try await place.shell(
        "$(command -v cc || command -v clang) -shared -fPIC -o nolock.so nolock.c")
      #expect(compiled.code == 0, "\(compiled.errors)")
      let arguments = "batch paste.json --axis feather=0..15 --out"
      #expect(try await place.shell("$0 \(arguments) whole --no-cache").code == 0)
      try FileManager.default.createDirectory(
        at: place.folder.appending(path: "tmp"), withIntermediateDirectories: true)
      let shards = try (1...2).map { shard in
        try place.start(
          [
            "-c", "TMPDIR=./tmp LD_PRELOAD=./nolock.so exec $0 \(arguments) shared --shard \(shard)/2",
            Workplace.executable.path,
          ],
          program: URL(filePath: "/bin/sh"))
      }
      for shard in shards {
        let ending = try await shard.end()
        #expect(ending.code == 0, "\(ending.errors)")
        #expect(ending.errors.contains("No locks available"), "the calls did not fail")
      }
      #expect(try pictures("shared", in: place) == pictures("whole", in: place))
      let lines = try (1...2).flatMap {
        try String(decoding: place.read("shared/results-\($0)-of-2.jsonl"), as: UTF8.self).split(
          separator: "\n")
      }
      #expect(lines.count == 16)
    }
  #endif

  @Test(
    "signals stop a batch with their exit codes, and what was done is recorded",
    arguments: [
      (SIGTERM, 143), (SIGINT, 130), (SIGUSR1, 75),
    ] as [(Int32, Int32)])
  func signals(_ signal: Int32, _ code: Int32) async throws {
    let place = try Workplace()
    try place.furnish()
    // One row ends, whichever comes first; the other waits.
    let script =
      "if mkdir \(place.path("first")); then cp {in:image} {out:image}; "
      + "else touch \(place.path("waits")); exec sleep 1000000; fi"
    try place.write(
      "slow.json",
      String(
        decoding: JSONWriter.canonical([
          "formatVersion": 1, "params": ["photo": ["type": "path"]],
          "stages": [
            "scene": ["use": "image.load", "set": ["path": ["$param": "photo"]]],
            "wait": [
              "use": "exec", "in": ["image": "scene.image"],
              "set": ["command": ["sh", "-c", .string(script)]],
            ],
          ], "outputs": ["picture": "wait.image"],
        ]), as: UTF8.self))
    let program = try place.start([
      "batch", "slow.json", "--allow-exec", "--axis", "photo=scene.png,exemplar.png", "--quiet", "--no-cache",
      "--memory", "64M",
    ])
    try await program.wait { place.exists("waits") && !rows("out", in: place).isEmpty }
    program.signal(signal)
    #expect(try await program.end().code == code)
    #expect(rows("out", in: place).count == 1)
  }

  @Test(
    "results take no more than was said before, reports and files of noise among them",
    arguments: [1, 40, 300])
  func mostBytes(side: Int) async throws {
    let place = try Workplace()
    let noise = (0..<side * side * 3).map { _ in UInt8.random(in: 0...255) }
    try Image(pixels: noise, width: side, height: side, bands: 3).write(to: place.path("noise.png"))
    let saved: [JSONValue] = [
      ["path": "a.tiff", "depth": "16"], ["path": "a.jpeg", "quality": 100],
      ["path": "a.webp", "quality": 100],
      ["path": "a.ppm"], ["path": "a.png", "depth": "16"],
    ]
    var stages: [String: JSONValue] = [
      "noise": ["use": "image.load", "set": ["path": "noise.png"]],
      "hole": ["use": "image.to-mask", "in": ["image": "noise.image"]],
      "other": [
        "use": "image.resize", "in": ["image": "noise.image"], "set": ["scale": ["$param": "scale"]],
      ],
      "check": [
        "use": "measure.change",
        "in": ["before": "noise.image", "after": "noise.image", "mask": "hole.mask"],
      ],
    ]
    for (index, settings) in saved.enumerated() {
      stages["save-\(index)"] = ["use": "image.save", "in": ["image": "other.image"], "set": settings]
    }
    let document: JSONValue = [
      "formatVersion": 1, "params": ["scale": ["type": "number", "default": 1]], "stages": .object(stages),
      "outputs": ["picture": "other.image", "hole": "hole.mask", "change": "check.report"],
    ]
    try place.write("noise.json", String(decoding: JSONWriter.canonical(document), as: UTF8.self))
    let arguments = ["batch", "noise.json", "--axis", "scale=1,2", "--json", "--no-cache"]
    let dry = try await place.run(arguments + ["--dry-run"])
    let most = try #require(try JSONValue(parsing: dry.text)["mostBytes"]?.integer, "\(dry.errors)")
    #expect(try await place.run(arguments).code == 0)
    let bytes = rows("out", in: place).map { row in row.files.values.reduce(0) { $0 + $1.bytes } }
    #expect(bytes.count == 2 && bytes.reduce(0, +) <= most && bytes.allSatisfy { $0 > 5 * side * side })
    // Half of it made, what is left is said by what that took.
    try FileManager.default.removeItem(atPath: place.path("out/2/picture.png"))
    let left = try await place.run(arguments + ["--dry-run"])
    let mean = try #require(try JSONValue(parsing: left.text)["bytes"]?.integer)
    #expect((bytes.reduce(0, +) / 2..<bytes.reduce(0, +) / 2 + 16384).contains(mean))
  }

  @Test(
    "a full disk of temporary files is no row's fault: a later try makes what is left",
    .enabled(if: TinyDisk.isAvailable, "root may mount a tmpfs"))
  func fullScratch() async throws {
    let disk = try TinyDisk(kilobytes: 24)
    let place = try Workplace()
    try place.furnish()
    let noise = (0..<160 * 160 * 3).map { _ in UInt8.random(in: 0...255) }
    try Image(pixels: noise, width: 160, height: 160, bands: 3).write(to: place.path("scene.png"))
    try place.mask(width: 160, height: 160).write(to: place.path("mask.png"))
    let arguments = "batch paste.json --axis feather=1..3 --no-cache --quiet"
    let full = try await place.shell("TMPDIR=\(disk.folder.url.systemPath) exec $0 \(arguments)")
    #expect(full.code == 75 && full.errors.contains("no space left"), "\(full.errors)")
    #expect(rows("out", in: place).isEmpty)
    let later = try await place.run(arguments.split(separator: " ").map(String.init))
    #expect(later.code == 0 && rows("out", in: place).count == 3, "\(later.errors)")
  }

  @Test("a measure that the report has no number for is said once, not found out when all rows have run")
  func unmeasured() async throws {
    let place = try Workplace()
    try place.furnish()
    try place.write(
      "measured.json",
      """
      {"formatVersion": 1, "params": {"scale": {"type": "number", "default": 1}},
       "stages": {
         "scene": {"use": "image.load", "set": {"path": "scene.png"}},
         "other": {"use": "image.resize", "in": {"image": "scene.image"}, "set": {"scale": {"$param": "scale"}}},
         "same": {"use": "image.resize", "in": {"image": "other.image"}, "set": {"width": 48, "height": 32}},
         "hole": {"use": "image.to-mask", "in": {"image": "scene.image"}},
         "check": {"use": "measure.change", "in": {"before": "scene.image", "after": "same.image", "mask": "hole.mask"}}},
       "outputs": {"change": "check.report"}}
      """)
    let run = try await place.run(
      "batch", "measured.json", "--axis", "scale=1,2", "--measure", "there=change.outside.changed",
      "--measure",
      "absent=change.outside.chnged")
    #expect(run.code == 0, "\(run.errors)")
    #expect(
      run.errors.split(separator: "\n").count { $0.hasPrefix("warning: ") && $0.contains("'absent'") } == 1)
    #expect(!run.errors.contains("'there'"))
  }

  @Test("the exit code is 0 only when every row is there")
  func exitCodes() async throws {
    let place = try Workplace()
    try place.furnish()
    let axis = ["batch", "paste.json", "--axis", "feather=1..3", "--out", "out"]
    #expect(try await place.run(axis + ["--limit", "2"]).code == 75)
    let status = try await place.run("batch", "status", "out")
    #expect(status.text == "2 of 3 rows done, 0 failed, 1 left\n")
    #expect(try await place.run(axis).code == 0)
    for (arguments, code, words) in [
      (["--axis", "fether=1"], 3, "feather"), (["--axis", "feather=-1,1"], 3, "-1"),
      (["--axis", "feather=1..3", "--name", "x"], 3, "both called"), (["--shard", "4/3"], 2, "shard"),
      (["--rows", "none.csv"], 3, "cannot be read"), (["--output", "a=b"], 2, "--out"),
    ] as [([String], Int32, String)] {
      let run = try await place.run(["batch", "paste.json", "--out", "other"] + arguments)
      #expect(run.code == code && run.errors.contains(words), "\(run.code): \(run.errors)")
    }
    #expect(!place.exists("other"))
    // Half a picture is found out only when it is read.
    let scene = try place.read("scene.png")
    try scene.prefix(scene.count / 2).write(to: place.folder.appending(path: "torn.png"))
    let failing = try await place.run(
      "batch", "paste.json", "--axis", "photo=torn.png,scene.png", "--out", "failing", "--json")
    #expect(failing.code == 4)
    #expect(rows("failing", in: place).map(\.isDone) == [false, true])
    let events = failing.text.split(separator: "\n").compactMap { try? JSONValue(parsing: String($0)) }
    #expect(events.first?["event"] == "began" && events.last?["event"] == "ended")
    #expect(events.last?["failed"]?.integer == 1 && events.last?["done"]?.integer == 1)
  }

  @Test(
    "rows of commands are kept, too, though commands are no functions of their inputs; another command is seen"
  )
  func commands() async throws {
    let place = try Workplace()
    try place.furnish()
    func document(_ command: String) -> String {
      """
      {"formatVersion": 1, "params": {"size": {"type": "integer", "default": 8}},
       "stages": {
         "scene": {"use": "image.load", "set": {"path": "scene.png"}},
         "small": {"use": "image.resize", "in": {"image": "scene.image"}, "set": {"width": {"$param": "size"}}},
         "copy": {"use": "exec", "in": {"image": "small.image"}, "set": {"command": ["\(command)", "{in:image}", "{out:image}"]}}},
       "outputs": {"picture": "copy.image"}}
      """
    }
    try place.write("copy.json", document("cp"))
    let arguments = ["batch", "copy.json", "--allow-exec", "--axis", "size=8..10", "--json"]
    func counts() async throws -> [Int?] {
      let run = try await place.run(arguments)
      #expect(run.code == 0, "\(run.errors)")
      let last = try JSONValue(parsing: String(run.text.split(separator: "\n").last ?? ""))
      return ["done", "kept", "stale"].map { last[$0]?.integer }
    }
    #expect(try await counts() == [3, 0, 0])
    #expect(try await counts() == [0, 3, 0])
    try place.write("copy.json", document("mv"))
    #expect(try await counts() == [3, 0, 3])
  }

  @Test("shards of a job array share a store and a folder, and their records join")
  func shards() async throws {
    let place = try Workplace()
    try place.furnish()
    let tasks = try [3, 5, 7].map { task in
      try place.start(
        [
          "SLURM_ARRAY_TASK_ID=\(task)", "SLURM_ARRAY_TASK_MIN=3", "SLURM_ARRAY_TASK_STEP=2",
          "SLURM_ARRAY_TASK_COUNT=3", Workplace.executable.path, "batch", "paste.json", "--axis",
          "feather=0..8",
          "--shard", "auto",
        ], program: URL(filePath: "/usr/bin/env"))
    }
    for (index, task) in tasks.enumerated() {
      let end = try await task.end()
      #expect(end.code == 0 && end.errors.contains("shard \(index + 1)/3 (Slurm)"), "\(end.errors)")
    }
    let merged = try await place.run("batch", "merge", "out")
    #expect(merged.text == "9 rows in out/results.jsonl\n", "\(merged.errors)")
    #expect(rows("out", in: place).map(\.number) == Array(0..<9))
    let none = try await place.run("batch", "paste.json", "--axis", "feather=0..8", "--shard", "auto")
    #expect(none.code == 2 && none.errors.contains("no job array"))
  }

  private static let textModel = Workplace.repository.appending(
    path: "Tests/ParityTests/Fixtures/text/model"
  ).path

  @Test(
    "the ready-made experiments run, and draw their sheets",
    arguments: [
      ("folder", 4, []),
      ("guidance-and-seeds", 12, ["--param", "steps=1", "--set", "paint.precision=f32"]),
      ("prompts", 12, ["--param", "steps=1", "--param", "precision=f32", "--param", "model=\(textModel)"]),
    ] as [(String, Int, [String])])
  func readyMade(_ name: String, _ count: Int, _ options: [String]) async throws {
    let place = try Workplace()
    let document = Workplace.repository.appending(path: "Experiments/\(name).json").path
    let dry = try await place.run(["batch", document, "--dry-run"] + options)
    #expect(dry.code == 0 && dry.text.hasPrefix("\(count) rows\n"), "\(dry.errors)")
    #expect(!place.exists("out"))
    let run = try await place.run(["batch", document] + options)
    #expect(run.code == 0, "\(run.errors)")
    let rows = rows("out", in: place)
    #expect(rows.count == count && rows.allSatisfy(\.isDone))
    for row in rows { #expect(!row.measures.values.contains(.null), "\(row.measures)") }
    #expect(try Image.load(from: place.path("out/sheet.png")).width > 300)
    guard name == "folder" else { return }
    let rank = try await place.run(
      "batch", "rank", "out", "--by", "changedInside", "--group", "blend", "--top", "1", "--copy", "best")
    #expect(rank.code == 0 && rank.text.contains("blend poisson"), "\(rank.errors)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: place.path("best")).count == 2)
  }

  @Test("methods whose models are not here are left out and named, and made once the models are there")
  func methods() async throws {
    let place = try Workplace()
    let document = Workplace.repository.appending(path: "Experiments/methods.json").path
    let arguments = ["batch", document, "--param", "steps=2"]
    let dry = try await place.run(arguments + ["--dry-run"])
    #expect(dry.code == 0 && dry.text.hasPrefix("10 rows\n"), "\(dry.errors)")
    #expect(dry.text.contains("skipped  8, whose models are not here\nto run   2: "), "\(dry.text)")
    let run = try await place.run(arguments)
    #expect(run.code == 0, "\(run.errors)")
    #expect(run.errors.contains("2 rows made, 8 skipped"), "\(run.errors)")
    for model in [
      "pct-net", "paint-by-example", "objectstitch", "stable-diffusion-1.5", "ip-adapter-sd15", "clip-vit-h",
      "adm-256", "clip-vit-b-16",
    ] {
      #expect(run.errors.contains("fetch it with: pipeline-run models pull \(model)\n"), "\(run.errors)")
    }
    #expect(rows("out", in: place).count == 2 && place.exists("out/sheet.png"))

    let models = "models/pct-net"
    try FileManager.default.createDirectory(atPath: place.path(models), withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      at: Workplace.repository.appending(
        path: "Tests/ParityTests/Fixtures/harmonization/pct-net.safetensors"),
      to: URL(filePath: place.path("\(models)/pct-net.safetensors")))
    let again = try await place.run(arguments + ["--models", "models"])
    #expect(again.code == 0 && again.errors.contains("1 rows made, 2 kept, 7 skipped"), "\(again.errors)")
    #expect(rows("out", in: place).count == 3)

    let strict = try await place.run(
      "batch", Workplace.repository.appending(path: "Pipelines/demo.json").path, "--axis",
      "model=paint-by-example-128,gone", "--param", "steps=1", "--out", "strict")
    #expect(strict.code == 5 && strict.errors.contains("the model 'gone' is in none of"), "\(strict.errors)")
    #expect(rows("strict", in: place).isEmpty)
  }

  @Test("a word, a phrase, a sentence and an exemplar are four rows, and one of the model in the box")
  func textAgainstExemplar() async throws {
    let place = try Workplace()
    let document = Workplace.repository.appending(path: "Experiments/text-against-exemplar.json").path
    let run = try await place.run("batch", document, "--param", "steps=1")
    #expect(run.code == 0 && run.errors.contains("1 rows made, 4 skipped"), "\(run.errors)")
    for model in ["stable-diffusion-inpainting", "paint-by-example"] {
      #expect(run.errors.contains("fetch it with: pipeline-run models pull \(model)\n"), "\(run.errors)")
    }
    #expect(place.exists("out/sheet.png"))
  }

  @Test("the checked-in schema of experiments is the one the program gives")
  func schema() async throws {
    let place = try Workplace()
    let schema = try await place.run("schema", "--experiments")
    let file = Workplace.repository.appending(path: "Schemas/experiment-1.json")
    #expect(try schema.output == Data(contentsOf: file), "run `make schema`")
  }
}

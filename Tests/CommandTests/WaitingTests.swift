import Foundation
import Foundations
import Testing

@Suite("what the command does not wait for")
struct WaitingTests {
  /// Lines of shell that name the pipe `pipe`, which nobody writes to, and their exit codes.
  static let lines: [(String, Int32)] = [
    ("$0 pipe", 3), ("$0 validate pipe", 3), ("$0 paste.json --param photo=pipe", 3),
    ("$0 pipe.json", 3), ("$0 paste.json --swap blend=pipe.json", 3),
    ("$0 paste.json --plugin pipe.plugin.json", 3), ("$0 paste.json --plugin pipe.so", 4),
    ("$0 models inspect pipe.safetensors", 4), ("$0 paste.json --cache store", 2),
    ("$0 replay pipe", 4), ("$0 replay pipe.png", 4), ("$0 batch paste.json --rows pipe.csv --out o", 3),
    ("$0 pairs --coco pipe.json --pictures . --out o", 4),
    ("$0 pairs --open-images pipe.csv --pictures . --out o", 4),
  ]

  @Test("pipes given as inputs are refused", arguments: lines)
  func pipes(_ line: String, _ code: Int32) async throws {
    let place = try Workplace()
    try place.furnish()
    try FileManager.default.createDirectory(
      at: place.folder.appending(path: "store"), withIntermediateDirectories: true)
    for name in [
      "pipe", "pipe.json", "pipe.plugin.json", "pipe.so", "pipe.safetensors", "pipe.png", "pipe.csv",
      "store/usage",
    ] {
      #expect(mkfifo(place.path(name), 0o600) == 0)
    }
    let run = try await place.shell(line)
    #expect(run.code == code || code == 2 && run.code == 0, "\(run.code): \(run.errors)")
    let said = run.errors + run.text
    #expect(said.contains("no ordinary file") || said.contains("not a regular file"), "\(said)")
    #expect(!place.exists("out") || line.contains("store"))
  }

  @Test("a pipe beside a page's pictures is left out")
  func pipeOfPage() async throws {
    let place = try Workplace()
    try place.furnish()
    #expect(mkfifo(place.path("pipe.png"), 0o600) == 0)
    #expect(try await place.run("paste.json", "--out", ".").code == 0)
    let run = try await place.run("report", ".", "--out", "page.html")
    #expect(run.code == 0 && place.exists("page.html"), "\(run.errors)")
  }

  @Test("a document that the shell hands over as an open descriptor is read")
  func descriptor() async throws {
    let place = try Workplace()
    try place.furnish()
    let run = try await place.shell("exec 9< paste.json; $0 validate /dev/fd/9")
    #expect(run.code == 0, "\(run.errors)")
  }

  @Test("a working folder that was deleted is said", arguments: ["doctor", "../paste.json", "models list"])
  func deletedFolder(_ arguments: String) async throws {
    let place = try Workplace()
    try place.furnish()
    let run = try await place.shell(
      "mkdir gone && cd gone && rmdir ../gone && ulimit -v 16000000 && $0 \(arguments)")
    #expect(
      run.code == 2 && run.errors.contains("the working folder does not exist any more"), "\(run.errors)")
  }

  @Test(
    "whoever writes into a folder that cannot be made says so in plain words",
    arguments: [
      "world --count 1", "world --count 1 --benchmark", "pairs --open-images boxes.csv --pictures .",
      "batch paste.json --axis feather=1",
    ])
  func plainWords(_ line: String) async throws {
    let place = try Workplace()
    try place.furnish()
    try place.write("boxes.csv", "ImageID,LabelName,XMin,XMax,YMin,YMax\nscene.png,a,0.1,0.6,0.1,0.6\n")
    for (folder, words) in [("mask.png/x", "a part of its path is no folder"), ("/proc/x/y", "/proc/x")] {
      let run = try await place.shell("$0 \(line) --out \(folder)")
      #expect(run.code == 4 && run.errors.contains(words) && !run.errors.contains("NSCocoa"), "\(run.errors)")
    }
  }

  @Test("folders where the system takes none are refused", arguments: ["--out", "--cache"])
  func noFolders(_ option: String) async throws {
    guard FileManager.default.fileExists(atPath: "/proc/self") else { return }
    let place = try Workplace()
    try place.furnish()
    let run = try await place.run("paste.json", option, "/proc/x/y")
    #expect([2, 4].contains(run.code) && run.errors.contains("/proc/x"), "\(run.errors)")
  }

  @Test("what a killed run left is cleared by the next: its temporary folder, and parts beside outputs")
  func killed() async throws {
    let place = try Workplace()
    try place.furnish()
    try place.write(
      "slow.json",
      """
      { "formatVersion": 1, "stages": {
        "wait": {"use": "exec", "set": {"command": ["sh", "-c", "echo $$ > \(place.path("started.new")); mv \(place.path("started.new")) \(place.path("started")); exec sleep 1000000; : {out:image}"]}},
        "save": {"use": "image.save", "in": {"image": "wait.image"}, "set": {"path": "result.png"}} } }
      """)
    let part = TemporaryName.make(extension: "png")
    let run = try await place.shell(
      """
      mkdir tmp out; export TMPDIR=$PWD/tmp; touch out/\(part) out/.pipeline-part-mine
      $0 slow.json --allow-exec --quiet & pid=$!
      while kill -0 $pid && [ ! -e started ]; do sleep 0.1; done
      ls tmp | wc -l; $0 paste.json --quiet; ls tmp | wc -l
      kill -9 $pid; wait $pid; kill -9 $(cat started) 2>/dev/null; ls tmp | wc -l; $0 paste.json --quiet; ls tmp | wc -l; ls -A out
      """)
    #expect(
      run.text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
        == ["1", "1", "1", "0", ".pipeline-part-mine", "result.png"], "\(run.text) \(run.errors)")
  }

  @Test("the file that holds a large picture lies in the command's temporary folder, and goes with it")
  func library() async throws {
    guard FileManager.default.fileExists(atPath: "/proc/self/fd") else { return }
    let place = try Workplace()
    try place.write(
      "slow.json",
      """
      { "formatVersion": 1, "stages": {
        "load": {"use": "image.load", "set": {"path": "large.ppm", "colour": "keep"}},
        "wait": {"use": "exec", "set": {"command": ["sh", "-c", "exec sleep 1000000; : {out:image}"]}},
        "both": {"use": "image.vips", "in": {"images": ["load.image", "wait.image"]}, "set": {"operation": "add"}},
        "save": {"use": "image.save", "in": {"image": "both.image"}, "set": {"path": "result.png"}} } }
      """)
    let run = try await place.shell(
      """
      mkdir tmp; export TMPDIR=$PWD/tmp
      printf 'P6 9500 9500 255\n' > large.ppm; truncate -s 270750017 large.ppm
      $0 slow.json --allow-exec --allow-untrusted --quiet & pid=$!
      while kill -0 $pid && ! readlink /proc/$pid/fd/* | grep -E '/tmp/.*(#|vips-)'; do sleep 0.1; done
      kill -9 $pid; wait $pid; $0 stages > stages; ls tmp | wc -l
      """)
    let lines = run.text.split(whereSeparator: \.isNewline)
    #expect(
      lines.count == 2 && lines[0].hasPrefix(place.path("tmp/pipeline-run-")) && lines[1] == "0",
      "\(run.text) \(run.errors)")
  }
}

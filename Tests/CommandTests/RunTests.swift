import Foundation
import Imaging
import PipelineKit
import ProgramTesting
import Testing

@Suite("the command")
struct RunTests {
  @Test("a run writes its picture; run again it computes nothing and leaves the file alone")
  func runsAndReuses() async throws {
    let place = try Workplace()
    try place.furnish()
    let first = try await place.run("paste.json")
    #expect(first.code == 0, "\(first.errors)")
    let bytes = try place.read("out/result.png")
    let again = try await place.run("paste.json")
    #expect(
      again.code == 0 && again.errors.contains("kept from an earlier run")
        && again.errors.contains("unchanged"))
    #expect(try place.read("out/result.png") == bytes)
    let cold = try await place.run("paste.json", "--no-cache", "--out", "cold")
    #expect(cold.code == 0)
    #expect(try place.read("cold/result.png") == bytes, "cold and warm runs give the same bytes")
  }

  @Test("--why names the pointer and both values")
  func why() async throws {
    let place = try Workplace()
    try place.furnish()
    _ = try await place.run("paste.json")
    let run = try await place.run("paste.json", "--set", "blend.feather=5", "--why")
    #expect(run.code == 0)
    #expect(run.errors.contains("/stages/blend/set/feather: 2 → 5"), "\(run.errors)")
  }

  @Test("pictures come in through standard input and go out through standard output")
  func pipes() async throws {
    let place = try Workplace()
    try place.furnish()
    let piped = try await place.run(
      "paste.json", "--param", "photo=-", "--param", "out=-", "--quiet", input: try place.read("scene.png"))
    #expect(piped.code == 0, "\(piped.errors)")
    try piped.output.write(to: place.folder.appending(path: "piped.png"))
    _ = try await place.run("paste.json")
    #expect(
      try Image.load(from: place.path("piped.png")).hasSamePixels(
        as: Image.load(from: place.path("out/result.png"))))
  }

  @Test("replay says bit-identical, and says what differs when an input has changed")
  func replay() async throws {
    let place = try Workplace()
    try place.furnish()
    _ = try await place.run("paste.json")
    let same = try await place.run("replay", "out/result.png")
    #expect(same.code == 0 && same.text.contains("bit-identical"), "\(same.text) \(same.errors)")
    let other = try await place.run(
      "replay", "out/result.png", "--set", "blend.feather=9", "--out", "other.png")
    #expect(other.code == 0 && other.text.contains("values differ") && other.text.contains("blend.feather=9"))
  }

  @Test("replay finds files above and beside the picture, moved or renamed, and says which it misses")
  func replayElsewhere() async throws {
    let place = try Workplace()
    try place.furnish()
    _ = try await place.run("paste.json")
    let away = place.folder.appending(path: "away/deep")
    try FileManager.default.createDirectory(at: away, withIntermediateDirectories: true)
    func move(_ from: String, _ to: String) throws {
      try FileManager.default.moveItem(
        at: place.folder.appending(path: from), to: place.folder.appending(path: to))
    }
    try move("out/result.png", "away/deep/result.png")
    let above = try await place.shell("cd away/deep && $0 replay result.png")
    #expect(above.text == "bit-identical\n", "\(above.text) \(above.errors)")

    try move("scene.png", "away/deep/renamed.png")
    try move("mask.png", "away/mask.png")
    let moved = try await place.shell("cd away/deep && $0 replay result.png")
    #expect(moved.text == "bit-identical\n", "\(moved.text) \(moved.errors)")

    // Another file where the document looks is read, and said.
    try FileManager.default.removeItem(at: away.appending(path: "renamed.png"))
    try place.mask(width: 48, height: 32).write(to: place.path("scene.png"))
    let changed = try await place.shell("cd away/deep && $0 replay result.png --folder ../..")
    #expect(changed.text.contains("'scene.png' has another content"), "\(changed)")

    try FileManager.default.removeItem(atPath: place.path("exemplar.png"))
    let lost = try await place.shell("cd away/deep && $0 replay result.png")
    #expect(
      lost.code != 0 && lost.errors.contains("'exemplar.png' (") && lost.errors.contains("--folder"),
      "\(lost.errors)")
  }

  @Test("a flipped byte in the store is said, and heals")
  func heals() async throws {
    let place = try Workplace()
    try place.furnish()
    _ = try await place.run("paste.json")
    let bytes = try place.read("out/result.png")
    let files = FileManager.default.enumerator(
      at: place.folder.appending(path: "cache/entries"), includingPropertiesForKeys: nil)
    for case let file as URL in try #require(files) where file.pathExtension == "png" {
      var data = try Data(contentsOf: file)
      data[data.count / 2] ^= 0x40
      try data.write(to: file)
    }
    let run = try await place.run("paste.json")
    #expect(run.code == 0 && run.errors.contains("damaged"), "\(run.errors)")
    #expect(try place.read("out/result.png") == bytes)
    let verified = try await place.run("cache", "verify")
    #expect(verified.text.contains("0 damaged"))
  }

  @Test("two runs at once over one store both succeed with the same bytes")
  func twoAtOnce() async throws {
    let place = try Workplace()
    try place.furnish()
    let runs = try ["a", "b"].map { try place.start(["paste.json", "--out", $0, "--quiet"]) }
    for run in runs { #expect(try await run.end().code == 0) }
    #expect(try place.read("a/result.png") == place.read("b/result.png"))
  }

  @Test("a stage is swapped for another, and for a document with the same ports")
  func swap() async throws {
    let place = try Workplace()
    try place.furnish()
    try place.write(
      "invert.json",
      """
      { "formatVersion": 1, "inputs": {"base": "image", "over": "image", "mask": "mask"},
        "stages": {"negative": {"use": "image.vips", "in": {"images": "inputs.base"}, "set": {"operation": "invert"}}},
        "outputs": {"image": "negative.image"} }
      """)
    let run = try await place.run("paste.json", "--swap", "blend=./invert.json")
    #expect(run.code == 0, "\(run.errors)")
    #expect(run.errors.contains("'feather'"), "what the replacement does not know is said")
    let negative = try Image.load(from: place.path("out/result.png"))
    #expect(try negative.hasSamePixels(as: Image.load(from: place.path("scene.png")).inverted()))
  }

  @Test("--json prints one versioned object a line")
  func json() async throws {
    let place = try Workplace()
    try place.furnish()
    let run = try await place.run("paste.json", "--json")
    let events = try run.text.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
    #expect(events.first?["event"] == "began" && events.first?["version"] == 1)
    #expect(events.last?["event"] == "ended" && events.last?["failures"] == 0)
    #expect(events.contains { $0["event"] == "delivered" })
  }

  @Test(
    "plan, graph, resolve, schema and stages print what they say",
    arguments: [
      (["plan", "paste.json"], "exemplar.paste"), (["graph", "paste.json"], "flowchart"),
      (["graph", "paste.json", "--as", "dot"], "digraph"),
      (["resolve", "paste.json"], "\"use\": \"image.blend@3\""), (["schema"], "json-schema.org"),
      (["stages"], "mask.bezier"), (["stages", "image.blend"], "feather = 6"), (["doctor"], "libvips"),
      (["validate", "paste.json"], "valid"), (["--help"], "EXIT CODES"),
    ])
  func descriptions(_ arguments: [String], _ expected: String) async throws {
    let place = try Workplace()
    try place.furnish()
    let run = try await place.run(arguments)
    #expect(run.code == 0)
    #expect(run.text.contains(expected), "\(run.text)")
  }

  @Test(
    "why a stage runs is told by the names of files, and a size that a model does not know before it is painted at"
  )
  func names() async throws {
    let place = try Workplace()
    try place.furnish()
    #expect(try await place.run("paste.json", "--quiet").code == 0)
    try FileManager.default.copyItem(
      at: place.folder.appending(path: "exemplar.png"), to: place.folder.appending(path: "other.png"))
    try mirror("exemplar.png", in: place)
    let content = try await place.run("paste.json", "--why")
    #expect(
      content.errors.contains("paste: runs because of the new content of 'exemplar.png'"), "\(content.errors)"
    )
    try mirror("other.png", in: place)
    try mirror("exemplar.png", in: place)
    let renamed = try await place.run(
      "paste.json", "--param", "exemplar=other.png", "--set", "blend.feather=9", "--why")
    #expect(!renamed.errors.contains("sha256"), "\(renamed.errors)")
    let pictures = Workplace.repository.appending(path: "Pipelines/pictures/world").path(
      percentEncoded: false)
    let paint = [
      "scene=\(pictures)/table.jpg", "mask=\(pictures)/table-mask.png",
      "exemplar=\(pictures)/table-exemplar.jpg",
    ]
    .flatMap { ["--input", $0] }
    let document = Workplace.repository.appending(path: "Pipelines/paint-by-example.json").path(
      percentEncoded: false)
    for (size, warns) in [("128", false), ("512", true)] {
      let plan = try await place.run(
        ["plan", document, "--model", "paint-by-example-128", "--param", "size=\(size)"] + paint)
      #expect(
        plan.code == 0 && plan.text.contains("was trained on pictures of 128×128") == warns, "\(plan.errors)")
    }
  }

  @Test("a replay says by its exit code whether other pixels come out, and what it lacks")
  func replayCodes() async throws {
    let place = try Workplace()
    try place.furnish()
    #expect(try await place.run("paste.json", "--quiet").code == 0)
    #expect(try await place.run("replay", "out/result.png").code == 0)
    #expect(try await place.run("replay", "out/result.png", "--set", "blend.feather=0").code == 0)
    // The file says what it says, but its pixels are others.
    let image = try Image.load(from: place.path("out/result.png"))
    let texts = try PNGFile(path: place.path("out/result.png")).texts
    try image.flipped(.horizontal).write(to: place.path("other.png"), options: SaveOptions(texts: texts))
    let other = try await place.run("replay", "other.png")
    #expect(other.code == 1 && other.text.contains("values differ"), "\(other.text) \(other.errors)")
    try FileManager.default.removeItem(at: place.folder.appending(path: "mask.png"))
    let missing = try await place.run("replay", "out/result.png")
    #expect(missing.code == 5 && missing.errors.contains("'mask.png'"), "\(missing.errors)")
  }

  private func mirror(_ name: String, in place: Workplace) throws {
    try Image.load(from: place.path(name)).flipped(.horizontal).write(to: place.path(name))
  }

  @Test("what libvips can do is listed and explained, and help fits the page")
  func operations() async throws {
    let place = try Workplace()
    let list = try await place.run("stages", "image.vips", "--operations")
    #expect(list.code == 0 && list.text.contains("\ngaussblur ") && !list.text.contains("pngload"))
    #expect(!list.text.contains("\navg "))
    #expect(try await place.run("stages", "measure.vips", "--operations").text.contains("avg "))
    let page = try await place.run("stages", "image.vips", "--operation", "gaussblur")
    #expect(page.text.contains("sigma (required)") && page.text.contains("0.2 unless given"), "\(page.text)")
    for (operation, advice) in [
      ("gausblur", "did you mean 'gaussblur'?"), ("pngload", "no stage runs it"),
      ("avg", "measure.vips runs it"),
    ] {
      let none = try await place.run("stages", "image.vips", "--operation", operation)
      #expect(none.code == 2 && none.errors.contains(advice), "\(none.errors)")
    }
    #expect(try await place.run("stages", "image.blend", "--operations").code == 2)
    let narrow = try await place.shell("COLUMNS=60 $0 stages image.blend")
    let example = try #require(narrow.text.range(of: "\nEXAMPLE\n"))
    #expect(
      narrow.text[..<example.lowerBound].split(separator: "\n").allSatisfy { $0.count <= 60 },
      "\(narrow.text)")
    #expect(narrow.text[example.upperBound...].contains(#""blend": {"use": "image.blend", "in": {"base":"#))
  }

  @Test(
    "shells are offered what the document has",
    arguments: [
      ("--param", ["feather=", "photo="]), ("--set", ["blend.feather=", "paste.fit="]),
      ("--until", ["blend", "hole"]), ("--swap", ["blend="]),
    ])
  func completions(_ option: String, _ expected: [String]) async throws {
    let place = try Workplace()
    try place.furnish()
    let offered = try await place.run(
      "---completion", "run", "--", option, "3", "0", "pipeline-run", "run", "paste.json", option, "")
    let words = Set(offered.text.split(separator: "\n").map(String.init))
    #expect(words.isSuperset(of: expected), "\(offered.text) \(offered.errors)")
  }

  @Test(
    "shells complete what follows a command that is left out",
    arguments: [
      ("Pipelines/de", "demo.json"), ("Pipelines/demo.json --preset dr", "draft"),
      ("batch Experiments/fo", "folder.json"), ("pl", "plan"), ("batch st", "status"),
      ("Pipelines/demo.json --param gui", "guidance="), ("run Pipelines/demo.json --param gui", "guidance="),
      ("Pipelines/demo.json --set paint.gui", "paint.guidance="),
      ("Pipelines/demo.json --set paint/paint/paint.sampl", "paint/paint/paint.sampler="),
      ("batch Experiments/folder.json --axis swap:pa", "swap:paste="),
      ("models inspect pai", "paint-by-example-128"), ("models pull tae", "taesd"),
    ])
  func completionOfDefaults(_ line: String, _ expected: String) async throws {
    let place = try Workplace()
    let ending = try await place.shell(
      #"""
      bin=$(mktemp -d); ln -s "$0" "$bin/pipeline-run"; PATH=$bin:$PATH
      cd '\#(Workplace.repository.path(percentEncoded: false))'
      pipeline-run --generate-completion-script bash > "$bin/script"
      bash -c '. "$1"; COMP_LINE="pipeline-run $2"; COMP_POINT=${#COMP_LINE}; COMP_WORDS=($COMP_LINE)
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        _pipeline-run pipeline-run "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
        printf "%s\n" "${COMPREPLY[@]}"' - "$bin/script" '\#(line)'
      """#)
    #expect(
      ending.text.split(separator: "\n").contains { $0.hasSuffix(expected) },
      "\(ending.text) \(ending.errors)")
  }

  /// What is typed goes to a terminal. TAB completes it, and the line is run with a 5 behind it; what the shell calls says what
  /// it was given.
  @Test(
    "zsh and fish complete in a terminal", .enabled(if: !shells.isEmpty, "neither is installed"),
    arguments: shells,
    [
      ("Pipelines/demo.json --param gui", "Pipelines/demo.json --param guidance=5"),
      ("Pipelines/demo.json --set paint.gui", "Pipelines/demo.json --set paint.guidance=5"),
      ("Pipelines/demo.json --input scene=LIC", "Pipelines/demo.json --input scene=LICENSE 5"),
      ("models inspect Pipelines/pict", "models inspect Pipelines/pictures/5"),
      ("models pull tae", "models pull taesd 5"),
    ])
  func completionInTerminal(_ shell: String, _ typed: (line: String, expected: String)) async throws {
    let place = try Workplace()
    let ending = try await place.shell(
      #"""
      place=$PWD; mkdir -p bin zsh config/fish/completions
      "$0" --generate-completion-script zsh > zsh/_pipeline-run
      "$0" --generate-completion-script fish > config/fish/completions/pipeline-run.fish
      echo "fpath=($PWD/zsh \$fpath); autoload -U compinit; compinit -u -D; precmd() { : > $PWD/ready }" > .zshrc
      echo "function fish_prompt; touch $PWD/ready; end" > config/fish/config.fish
      printf '#!/bin/sh\ncase $1 in ---completion) exec "%s" "$@";; esac\necho "$*" > "%s/ran"\n' "$0" "$PWD" > bin/pipeline-run
      chmod +x bin/pipeline-run
      export PATH="$PWD/bin:$PATH" ZDOTDIR="$PWD" XDG_CONFIG_HOME="$PWD/config" TERM=xterm
      cd '\#(Workplace.repository.path(percentEncoded: false))'
      {
        until [ -e "$place/ready" ]; do sleep 0.1; done
        printf 'pipeline-run \#(typed.line)\t5\r'
        until [ -e "$place/ran" ]; do sleep 0.1; done
        printf 'exit\r'
      } | script -qec \#(shell) /dev/null >&2
      cat "$place/ran"
      """#)
    #expect(ending.text == typed.expected + "\n", "\(ending.errors)")
  }

  private static let shells = ["zsh", "fish"].filter {
    FileManager.default.isExecutableFile(atPath: "/usr/bin/\($0)")
  }

  @Test(
    "a graph is drawn without inputs, and coloured by what a run would do",
    .enabled(if: PlanGraph.canBeDrawn, "Graphviz is not installed"))
  func graph() async throws {
    let place = try Workplace()
    try place.furnish()
    let open = Workplace.repository.appending(path: "Pipelines/paint-by-example.json").path(
      percentEncoded: false)
    let drawn = try await place.run("graph", open, "--as", "svg")
    #expect(
      drawn.code == 0 && drawn.text.hasPrefix("<svg") && drawn.text.contains(">inputs/scene<"),
      "\(drawn.errors)")
    #expect(!drawn.text.contains(">kept<"))
    #expect(try await place.run("paste.json", "--quiet").code == 0)
    let changed = try await place.run("graph", "paste.json", "--set", "blend.mode=multiband", "--as", "svg")
    #expect(
      changed.text.contains(">kept<") && changed.text.contains(">runs, as something changed<"),
      "\(changed.errors)")
  }

  @Test(
    "an interrupted run ends with the signal's code and leaves nothing torn", arguments: [SIGINT, SIGTERM])
  func interrupted(_ signal: Int32) async throws {
    let place = try Workplace()
    try place.furnish()
    _ = try await place.run("paste.json")
    let before = try place.read("out/result.png")
    try place.write(
      "slow.json",
      """
      { "formatVersion": 1, "stages": {
        "wait": {"use": "exec", "set": {"command": ["sh", "-c", "touch \(place.path("started")); sleep 1000000; : {out:image}"]}},
        "save": {"use": "image.save", "in": {"image": "wait.image"}, "set": {"path": "result.png"}} } }
      """)
    let program = try place.start(["slow.json", "--allow-exec", "--quiet"])
    try await program.wait { place.exists("started") }
    program.signal(signal)
    #expect(try await program.end().code == 128 + signal)
    #expect(try place.read("out/result.png") == before)
    #expect(try FileManager.default.contentsOfDirectory(atPath: place.path("out")) == ["result.png"])
  }

  @Test(
    "what a stage started ends with the command, however that ends, even what went into a session of its own",
    arguments: [[SIGKILL], [SIGINT, SIGINT]])
  func orphans(_ signals: [Int32]) async throws {
    let place = try Workplace()
    let script =
      "trap '' TERM; setsid sh -c 'echo $$ > \(place.path("away.new")); mv \(place.path("away.new")) "
      + "\(place.path("away")); exec sleep 1000000' & while [ ! -e \(place.path("away")) ]; do sleep 0.05; done; "
      + "echo $$ > \(place.path("near.new")); mv \(place.path("near.new")) \(place.path("near")); "
      + "while :; do sleep 1; done; : {out:image}"
    try JSONWriter.canonical([
      "formatVersion": 1,
      "stages": [
        "wait": ["use": "exec", "set": ["command": ["sh", "-c", .string(script)]]],
        "save": ["use": "image.save", "in": ["image": "wait.image"], "set": ["path": "result.png"]],
      ],
    ]).write(to: place.folder.appending(path: "slow.json"))
    let program = try place.start(["slow.json", "--allow-exec", "--quiet"])
    try await program.wait { place.exists("near") }
    for signal in signals { program.signal(signal) }
    _ = try await program.end()
    for name in ["near", "away"] {
      let number = try String(decoding: place.read(name), as: UTF8.self).trimmingCharacters(
        in: .whitespacesAndNewlines)
      // A killed process may remain as a zombie of the machine's init for a moment.
      while let stat = try? String(contentsOfFile: "/proc/\(number)/stat", encoding: .utf8),
        !stat.contains(") Z ")
      {
        try await Task.sleep(for: .milliseconds(50))
      }
    }
  }

  @Test("an operation that crashes fails its stage; the rest of the run goes on")
  func crash() async throws {
    let place = try Workplace()
    try place.furnish()
    try place.write(
      "crash.json",
      """
      { "formatVersion": 1, "stages": {
        "scene": {"use": "image.load", "set": {"path": "scene.png"}},
        "flood": {"use": "image.vips", "in": {"images": ["scene.image"]},
                  "set": {"operation": "draw_flood", "arguments": {"ink": [1], "x": 100000, "y": 1}}},
        "bad": {"use": "image.save", "in": {"image": "flood.image"}, "set": {"path": "bad.png"}},
        "good": {"use": "image.save", "in": {"image": "scene.image"}, "set": {"path": "good.png"}} } }
      """)
    let run = try await place.run("crash.json", "--keep-going")
    #expect(run.code == 4 && run.errors.contains("'vips draw_flood' crashed with SIGSEGV"), "\(run.errors)")
    #expect(place.exists("out/good.png") && !place.exists("out/bad.png"))
  }

  @Test("what an SVG refers to counts in its fingerprint")
  func references() async throws {
    let place = try Workplace()
    try place.furnish()
    try place.write(
      "scene.svg",
      """
      <svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="48" height="32">
      <image xlink:href="scene.png" width="48" height="32"/></svg>
      """)
    let arguments = ["paste.json", "--param", "photo=scene.svg", "--allow-untrusted"]
    let first = try await place.run(arguments)
    #expect(first.code == 0, "\(first.errors)")
    let before = try place.read("out/result.png")
    try Image.filled(width: 48, height: 32, colour: [0, 0, 255]).write(to: place.path("scene.png"))
    let second = try await place.run(arguments)
    #expect(second.code == 0, "\(second.errors)")
    #expect(try place.read("out/result.png") != before)
  }
}

import Foundation
import Imaging
import ProgramTesting
import Testing

/// What the README and the texts beside it show is so: every command in them runs, or is listed here with the reason
/// why it is not run.
@Suite("what the texts show")
struct DocumentationTests {
  /// Command lines that are not run, with the reason.
  private static let notRun = [
    "pipeline-run models pull paint-by-example":
      "downloads 5 GB; ModelTests pull a small model from a server of their own",
    "pipeline-run models pull stable-diffusion-inpainting": "downloads 4 GB",
    "pipeline-run models pull objectstitch": "downloads 5 GB",
    "pipeline-run models pull taesd": "downloads 10 MB; PaintingTests draft by a narrow decoder",
    "pipeline-run models pull inception-fid": "downloads 100 MB; PullTests fetch files by their addresses",
    "pipeline-run evaluate out --reference photos --measures fid,kid":
      "needs Inception's weights; EvaluateTests evaluate by narrow ones",
    "pipeline-run evaluate statistics photos --out photos.safetensors": "needs them as well",
    "pipeline-run batch Experiments/cocoee.json --out cocoee --shard 1/8":
      "needs the benchmark's pictures and the published model; BenchmarkTests run a miniature",
    "pipeline-run world --benchmark --count 20 --size 128 --split held-out --out test_bench":
      "takes a minute in a debug build; BenchmarkTests make a smaller one",
    "pipeline-run batch Experiments/cocoee.json --param model=paint-by-example-128 --out miniature":
      "needs the line before it",
    "pipeline-run evaluate ablation/results --by model,guidance --measures clip-score":
      "needs trained models; BenchmarkTests measure parts of a batch",
    "vips crop room.tif crop.png 0 0 2000 2000 && pipeline-run edit.json … --param photo=crop.png":
      "needs the vips command and a large picture",
    "pipeline-run train Pipelines/train-autoencoder.json --out training":
      "trains for hours; TrainTests train a small model",
    "pipeline-run train Pipelines/train-encoder.json --out training --param model=training/autoencoder/model":
      "trains for hours",
    "pipeline-run train Pipelines/train-denoiser.json --out training --param model=training/encoder/model":
      "trains for hours",
    "torchrun --nproc-per-node 2 --no-python pipeline-run train …":
      "trains for hours, and needs PyTorch; ProcessesTests train in two processes",
    "pipeline-run world --count 36 --out look --sheet 36 --glyphs":
      "takes minutes in a debug build, and needs a font; WorldTests render samples",
    "pipeline-run schema --plugin FILE": "FILE stands for a plugin; DocumentSchemaTests print schemas",
    "swift build": "builds what is built here",
    "cd Examples/embed": "the next line does it",
    "swift run embed ../../Pipelines/paint-by-example.json \\":
      "builds the project again; ExampleTests run it",
    "../../Pipelines/pictures/world/table.jpg ../../Pipelines/pictures/world/table-mask.png \\":
      "belongs to it",
    "../../Pipelines/pictures/world/table-exemplar.jpg painted.png model=paint-by-example-128 steps=20":
      "belongs to it",
    "Plugins/build-library.sh libposterize.so Plugins/Examples/posterize/Posterize.swift":
      "PluginExampleTests build it",
    ".build/debug/pipeline-run stages swift.posterize --plugin libposterize.so": "PluginExampleTests load it",
  ]

  /// Programs that not every machine has, by what a line that needs them holds.
  private static let optional = [
    "| convert ": "convert", "| jq ": "jq", "| vips ": "vips", "--as svg": "dot",
  ]

  /// What lines print or leave, by how they begin.
  private static let expectations: [(line: String, words: String)] = [
    ("pipeline-run replay out/picture.png", "bit-identical"),
    ("pipeline-run edit.json … --set blend.mode=poisson --why", "because"),
    ("pipeline-run plan edit.json", "memory"),
    ("pipeline-run stages image.blend", "feather"),
    ("pipeline-run stages latent.inpaint", "dpm++2m"),
    ("pipeline-run cache verify", "checked"),
    ("pipeline-run --generate-completion-script", "complete"),
    ("pipeline-run edit.json … --json", #""delivered""#),
    ("pipeline-run study report", "Kendall's W"),
    ("pipeline-run stages python.vignette", "strength"),
  ]

  @Test(
    "every command runs, one after the other, or is listed with the reason", arguments: DocumentedText.all)
  func commands(_ text: DocumentedText) async throws {
    let reader = try DocumentationPlace()
    for command in text.commands where Self.notRun[command.line] == nil {
      if command.line.hasPrefix("make ") {
        try await expectTarget(of: command, reader)
        continue
      }
      guard try await hasPrograms(command.line, reader) else { continue }
      let ending = try await reader.run(command.line)
      #expect(ending.code == 0, "\(command)\nran as \(reader.filled(command.line))\n\(ending.errors)")
      for (line, words) in Self.expectations where command.line.hasPrefix(line) {
        #expect((ending.text + ending.errors).contains(words), "\(command)\n\(ending.text)\(ending.errors)")
      }
    }
  }

  @Test("what is listed as not run is there")
  func listed() {
    let lines = Set(DocumentedText.all.flatMap(\.commands).map(\.line))
    #expect(Self.notRun.keys.filter { !lines.contains($0) } == [])
    #expect(Self.expectations.map(\.line).filter { start in !lines.contains { $0.hasPrefix(start) } } == [])
  }

  /// The Makefile knows how to do it; whether it does would take a build, a download or hours.
  private func expectTarget(of command: DocumentedText.Command, _ reader: DocumentationPlace) async throws {
    let ending = try await reader.run(command.line.replacing("make ", with: "make -n ", maxReplacements: 1))
    #expect(ending.code == 0, "\(command)\n\(ending.errors)")
  }

  private func hasPrograms(_ line: String, _ reader: DocumentationPlace) async throws -> Bool {
    for (sign, name) in Self.optional where line.contains(sign) {
      // ImageMagick's, not another program of that name.
      let check =
        name == "convert" ? "convert -version | grep -q 'Version: ImageMagick'" : "command -v \(name)"
      if try await reader.run(check).code != 0 { return false }
    }
    return true
  }

  @Test(
    "knobs in the table are params of the document, stages and options exist, and files lie where they are said to"
  )
  func names() async throws {
    let reader = try DocumentationPlace()
    let readme = try DocumentedText("README.md")
    let knobs = readme.code.filter { $0.wholeMatch(of: /(--param )?[a-z]+=[a-z0-9.]+/) != nil }
    #expect(knobs.count >= 8)
    let words = knobs.map { $0.hasPrefix("--") ? $0 : "--param \($0)" }.joined(separator: " ")
    let check = try await reader.run("pipeline-run validate Pipelines/paint-by-example.json \(words)")
    #expect(check.code == 0, "\(check.errors)")

    let stages = try await reader.run("pipeline-run stages").text
    var help = ""
    for command in [
      "run", "train", "pairs", "models", "world", "plan", "schema", "batch run", "report", "study build",
      "study report", "evaluate measure", "models quantize",
    ] {
      help += try await reader.run("pipeline-run \(command) --help").text
    }
    for code in DocumentedText.all.flatMap(\.code) {
      if let name = code.wholeMatch(of: /(image|mask|exemplar|latent|measure|world|shards|train)\.[a-z-]+/)?
        .output.0
      {
        #expect(stages.contains(name) || code.hasSuffix(".json") || code.hasSuffix(".png"), "\(code)")
      }
      if let option = code.prefixMatch(of: /--[a-z-]+/)?.output { #expect(help.contains(option), "\(code)") }
      if let path = code.wholeMatch(
        of: /(Sources|Tests|Examples|Pipelines|Plugins|Models|Benchmarks|Schemas|Scripts)\/[\w.\/-]+/)?.output
        .0
      {
        #expect(
          FileManager.default.fileExists(atPath: Workplace.repository.appending(path: String(path)).path),
          "\(code)")
      }
    }
  }

  @Test("a fault of the first document is shown as the README shows it")
  func fault() async throws {
    let reader = try DocumentationPlace()
    let readme = try DocumentedText("README.md")
    let shown = try #require(readme.blocks.first { $0.lines.first?.hasPrefix("edit.json:") == true }).text
    let edit = try String(contentsOfFile: reader.place.path("edit.json"), encoding: .utf8)
    try reader.place.write(
      "edit.json",
      edit.replacing(
        "\"set\": {\"mode\": \"feather\", \"feather\":", with: "\"set\": {\"mode\": \"feather\", \"fether\":")
    )
    let ending = try await reader.run("pipeline-run edit.json …")
    #expect(ending.code == 3)
    #expect(ending.errors.trimmingCharacters(in: .whitespacesAndNewlines) == shown)
  }

  @Test("with --output a result goes where the caller says, standard output included")
  func namedOutput() async throws {
    let reader = try DocumentationPlace()
    let plain = try await reader.run("pipeline-run edit.json … --output picture=- --quiet")
    #expect(plain.code == 0 && !reader.place.exists("out"), "\(plain.errors)")
    let named = try await reader.run("pipeline-run edit.json … --output picture=result.jpg --quiet")
    #expect(named.code == 0 && reader.place.exists("result.jpg") && !reader.place.exists("out"))
    try plain.output.write(to: reader.place.folder.appending(path: "plain.png"))
    let first = try Image.load(from: reader.place.path("plain.png"))
    #expect(try first.sizeDescription == Image.load(from: reader.place.path("room.jpg")).sizeDescription)
    let unknown = try await reader.run("pipeline-run edit.json … --output pictur=-")
    #expect(unknown.code == 3 && unknown.errors.contains("did you mean 'picture'"), "\(unknown.errors)")
    let both = try await reader.run("pipeline-run edit.json … --output picture=- --json")
    #expect(both.code == 2)
  }
}

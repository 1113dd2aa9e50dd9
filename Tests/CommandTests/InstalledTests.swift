import Foundation
import Imaging
import PipelineKit
import ProgramTesting
import Testing

@Suite("an installed program")
struct InstalledTests {
  private let place: Workplace

  /// A prefix as `Scripts/install.sh` lays it out, of what these tests were built with.
  init() throws {
    place = try Workplace()
    let files = FileManager.default
    for folder in ["prefix/bin", "prefix/lib/pipeline-run", "prefix/share/pipeline-run"] {
      try files.createDirectory(
        at: place.folder.appending(path: folder), withIntermediateDirectories: true)
    }
    let program = Workplace.executable.resolvingSymlinksInPath()
    do {
      try files.linkItem(at: program, to: place.folder.appending(path: "prefix/bin/pipeline-run"))
    } catch {
      // On another disk.
      try files.copyItem(at: program, to: place.folder.appending(path: "prefix/bin/pipeline-run"))
    }
    try files.createSymbolicLink(
      at: place.folder.appending(path: "prefix/lib/pipeline-run/openvino"),
      withDestinationURL: Workplace.repository.appending(path: ".runtime/openvino/openvino/libs"))
    for name in ["Models", "Pipelines", "Experiments", "Schemas"] {
      try files.createSymbolicLink(
        at: place.folder.appending(path: "prefix/share/pipeline-run/\(name)"),
        withDestinationURL: Workplace.repository.appending(path: name))
    }
    try place.write("prefix/share/pipeline-run/COMMIT", "0123456789ab\n")
  }

  private func run(_ prefix: String, _ arguments: String...) async throws -> Workplace.Ending {
    Workplace.Ending(
      try await place.start(arguments, program: place.folder.appending(path: "\(prefix)/bin/pipeline-run"))
        .end())
  }

  @Test("finds its runtime, its model and its documents by its own place, also after it was moved")
  func moved() async throws {
    try FileManager.default.moveItem(
      at: place.folder.appending(path: "prefix"), to: place.folder.appending(path: "elsewhere"))
    let version = try await run("elsewhere", "--version")
    #expect(
      version.text.contains("(commit 0123456789ab)") && version.text.contains("elsewhere/lib/pipeline-run"))
    let models = try await run("elsewhere", "models", "list")
    #expect(models.text.contains("paint-by-example-128"), "\(models.text)\(models.errors)")
    let demo = try await run("elsewhere", "Pipelines/demo.json", "--param", "steps=1", "--quiet")
    #expect(demo.code == 0, "\(demo.errors)")
    #expect(try Image.load(from: place.path("out/picture.png")).width > 100)
    let batch = try await run("elsewhere", "batch", "Experiments/folder.json", "--dry-run")
    #expect(batch.code == 0 && batch.text.hasPrefix("4 rows"), "\(batch.errors)")
  }

  @Test("the caller's own document comes before a ready-made one, and what is in neither place is said")
  func own() async throws {
    try FileManager.default.createDirectory(
      at: place.folder.appending(path: "Pipelines"), withIntermediateDirectories: true)
    try place.write("Pipelines/demo.json", #"{"formatVersion": 1, "stages": {}, "notes": 1, "extra": 2}"#)
    let own = try await run("prefix", "validate", "Pipelines/demo.json")
    #expect(own.code == 3 && own.errors.contains("unknown key 'extra'"), "\(own.errors)")
    let none = try await run("prefix", "Pipelines/none.json")
    #expect(none.code == 3 && none.errors.contains("no such file"), "\(none.errors)")
  }

  @Test("a program that was copied alone names no commit, whatever project its caller is in")
  func stray() async throws {
    for folder in ["tools", ".git"] {
      try FileManager.default.createDirectory(
        at: place.folder.appending(path: folder), withIntermediateDirectories: true)
    }
    try place.write(".git/HEAD", "89abcdef0123456789abcdef0123456789abcdef\n")
    try FileManager.default.moveItem(
      at: place.folder.appending(path: "prefix/bin/pipeline-run"),
      to: place.folder.appending(path: "tools/pipeline-run"))
    let version = Workplace.Ending(
      try await place.start(["--version"], program: place.folder.appending(path: "tools/pipeline-run")).end())
    #expect(version.code == 0 && version.text.contains("libvips"))
    #expect(!version.text.contains("commit"), "\(version.text)")
  }

  @Test("without its runtime it does not send its user to a clone")
  func incomplete() async throws {
    try FileManager.default.removeItem(
      at: place.folder.appending(path: "prefix/lib/pipeline-run/openvino"))
    let demo = try await run("prefix", "Pipelines/demo.json", "--quiet")
    #expect(demo.code == 5 && demo.errors.contains("install the program again"), "\(demo.errors)")
    #expect(!demo.errors.contains("Scripts/"))
  }
}

import Foundation
import Imaging
import ProgramTesting
import Testing

@Suite("The examples of other programs")
struct ExampleTests {
  private let place: Workplace
  private let fixture = Workplace.repository.appending(path: "Tests/ParityTests/Fixtures/base").path

  init() throws { place = try Workplace() }

  private func run(_ program: URL, _ arguments: [String]) async throws -> Workplace.Ending {
    let search = Workplace.executable.deletingLastPathComponent().path + ":/usr/bin:/bin"
    let program = try RunningProgram(
      program, arguments, in: place.folder, environment: ["PATH": search, "HOME": place.folder.path])
    return Workplace.Ending(try await program.end())
  }

  @Test("Examples/embed paints with pictures in memory")
  func embed() async throws {
    let document = Workplace.repository.appending(path: "Pipelines/paint-by-example.json").path
    let ending = try await run(
      RunningProgram.built("embed", with: Workplace.self),
      [
        document, "\(fixture)/scene.png", "\(fixture)/mask.png", "\(fixture)/exemplar.png",
        place.path("out.png"),
        "model=\(fixture)/model", "steps=2", "match=0",
      ])
    #expect(ending.code == 0, "\(ending.errors)")
    #expect(ending.text.contains("paint/paint: 100 %"))
    #expect(ending.text.contains("outside the mask not a bit has changed"))
    let scene = try Image.load(from: "\(fixture)/scene.png")
    #expect(try Image.load(from: place.path("out.png")).sizeDescription == scene.sizeDescription)
  }

  @Test("Examples/embed says what is wrong in the program's words")
  func embedRefuses() async throws {
    try place.write("edit.json", #"{"formatVersion": 1, "stages": {"a": {"use": "image.loda"}}}"#)
    let ending = try await run(
      RunningProgram.built("embed", with: Workplace.self),
      ["edit.json", "\(fixture)/scene.png", "\(fixture)/mask.png", "\(fixture)/exemplar.png", "out.png"])
    #expect(ending.code == 1)
    #expect(ending.errors.contains("edit.json:1:46: error: there is no stage 'image.loda'"))
  }

  @Test("Examples/python runs a document, shows a bar, and returns its pictures in under 60 lines")
  func python() async throws {
    try place.furnish()
    let example = Workplace.repository.appending(path: "Examples/python/paint.py")
    let lines = try String(contentsOf: example, encoding: .utf8).split(
      separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count < 60)
    try place.write(
      "note.py",
      """
      import sys
      sys.path.insert(0, "\(example.deletingLastPathComponent().path)")
      import paint
      heard = []
      files = paint.run("\(Workplace.repository.path)/Pipelines/copy-paste.json",
                        inputs={"scene": "scene.png", "mask": "mask.png", "exemplar": "exemplar.png"},
                        params={"match": 0}, progress=lambda *words: heard.append(words), out="made")
      print(sorted(files), heard[-1][2] == heard[-1][3])
      try:
          paint.run("paste.json", params={"nonsense": 1})
      except paint.PipelineError as error:
          print("no param 'nonsense'" in str(error))
      """)
    let python = URL(filePath: "/usr/bin/env")
    let ending = try await run(python, ["python3", "note.py"])
    #expect(ending.code == 0, "\(ending.errors)")
    #expect(ending.text == "['change', 'picture'] True\nTrue\n")
    #expect(place.exists("made/picture.png"))
    let bar = try await run(
      python,
      ["python3", example.path, "paste.json", "photo=scene.png", "hole=mask.png", "exemplar=exemplar.png"])
    #expect(bar.code == 0, "\(bar.errors)")
    #expect(bar.errors.contains("█") && bar.text.contains("save: "))
  }
}

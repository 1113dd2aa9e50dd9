import Foundation
import PaintByExample
import PipelineTesting
import Testing

@Suite("A document run from Swift")
struct PipelineTests {
  private static let repository = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
  private static func path(_ name: String) -> String {
    repository.appending(path: name).path(percentEncoded: false)
  }

  /// Without what a user has installed or set.
  private let machine: Machine
  private let folder: URL

  init() throws {
    machine = try Machine(environment: ["PATH": "/usr/bin:/bin"])
    folder = FileManager.default.temporaryDirectory.appending(path: "embedding-\(UUID())")
  }

  private func scene(width: Int = 48, height: Int = 32) throws -> Image {
    try Image(
      pixels: (0..<width * height * 3).map { UInt8($0 * 7 % 251) }, width: width, height: height, bands: 3)
  }

  private func mask(_ value: UInt8 = 255) throws -> Image {
    let values = (0..<48 * 32).map { (10..<30).contains($0 % 48) && (8..<24).contains($0 / 48) ? value : 0 }
    return try Image(pixels: values, width: 48, height: 32, bands: 1)
  }

  private func exemplar() throws -> Image {
    try Image(pixels: (0..<20 * 24 * 3).map { UInt8($0 * 13 % 241) }, width: 20, height: 24, bands: 3)
  }

  private func pasted(_ inputs: [InputName: PipelineInput], into folder: URL? = nil) async throws
    -> PipelineResult
  {
    try await Pipeline(Self.path("Pipelines/copy-paste.json"), on: machine)
      .run(inputs: inputs, params: ["blend": "hard", "match": 0], writingTo: folder)
  }

  @Test("takes pictures in memory, encoded and in files alike, and returns values that outlive the run")
  func inputs() async throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "exemplar.png").path(percentEncoded: false)
    try exemplar().write(to: file)
    let result = try await pasted([
      .scene: .image(scene()), .mask: .image(mask()), .exemplar: .file(file),
    ])
    let again = try await pasted([
      .scene: .value(Picture(scene())), .mask: .value(Mask(mask())),
      .exemplar: .encoded(Data(contentsOf: URL(filePath: file))),
    ])
    let picture = try result.image("picture")
    #expect(try picture.hasSamePixels(as: again.image("picture")))
    #expect(Set(result.values.keys) == ["picture", "change"])
    #expect(try result.report("change")["outsideIsIdentical"] == true)
    #expect(try picture.pixel(x: 2, y: 2) == scene().pixel(x: 2, y: 2))
    #expect(try picture.pixel(x: 20, y: 16) != scene().pixel(x: 20, y: 16))
    #expect(result.files.isEmpty && result.unwritten.isEmpty && result.seconds > 0)
  }

  @Test("an input of 16 bits keeps them, linear light in floating point becomes sRGB")
  func depths() async throws {
    let deep = try scene().rescaled(to: .uint16)
    let values = (0..<48 * 32 * 3).map { Float($0 % 100) / 99 }
    let light = try Image(pixels: values, width: 48, height: 32, bands: 3)
    for (image, format) in [(deep, SampleFormat.uint16), (light, .uint8)] {
      let result = try await pasted([
        .scene: .image(image), .mask: .image(mask()), .exemplar: .image(exemplar()),
      ])
      let found = try result.image("picture").format
      #expect(found == format)
    }
  }

  @Test("writes files too where there is a folder for them")
  func files() async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let result = try await pasted(
      [.scene: .image(scene()), .mask: .image(mask()), .exemplar: .image(exemplar())], into: folder)
    #expect(
      result.files.map { URL(filePath: $0.place).lastPathComponent }.sorted() == [
        "change.json", "picture.png",
      ])
    let written = try Image.load(from: folder.appending(path: "picture.png").path(percentEncoded: false))
    #expect(try written.hasSamePixels(as: result.image("picture")))
  }

  @Test("without a folder, stages that save do not run, and what they would write is listed")
  func unwritten() async throws {
    let text = """
      {"formatVersion": 1, "inputs": {"scene": "image"},
       "stages": {"save": {"use": "image.save", "in": {"image": "inputs.scene"}, "set": {"path": "copy.png"}}},
       "outputs": {"picture": "inputs.scene"}}
      """
    let pipeline = try Pipeline(json: text, on: machine)
    let run = pipeline.start(inputs: [.scene: .image(try scene())])
    let result = try await run.result
    #expect(result.unwritten.map(\.path) == ["copy.png"])
    #expect(try result.image("picture").hasSamePixels(as: scene()))
    var finished: [String] = []
    for await event in run.events { if case .finished(let step, _) = event { finished.append(step) } }
    #expect(!finished.contains("save"))
  }

  @Test("what is wrong with an input is said by the input's name")
  func emptyMask() async throws {
    let error = await #expect(throws: RunFailure.self) {
      _ = try await pasted([.scene: .image(scene()), .mask: .image(mask(0)), .exemplar: .image(exemplar())])
    }
    #expect("\(try #require(error))".contains("the mask 'mask' is empty"))
  }

  @Test("an output that is not there, or of another type, is said with those there are")
  func outputs() async throws {
    let result = try await pasted([
      .scene: .image(scene()), .mask: .image(mask()), .exemplar: .image(exemplar()),
    ])
    let absent = #expect(throws: NoSuchOutput.self) { try result.image("pictur") }
    #expect(absent?.description.contains("change, picture") == true)
    let other = #expect(throws: NoSuchOutput.self) { try result.image("change") }
    #expect(other?.description.contains("report, not image") == true)
  }

  static let faulty = """
    {"formatVersion": 1, "inputs": {"scene": "image"},
     "stages": {"a": {"use": "image.blnd", "in": {}}}, "outputs": {"picture": "a.image"}}
    """

  @Test("one call turns a text into rendered faults")
  func faults() throws {
    let faults = try #require(Pipeline.faults(in: Self.faulty, named: "edit.json", on: machine))
    #expect(faults.contains("edit.json:2:26: error: there is no stage 'image.blnd'"))
    #expect(faults.contains("did you mean 'image.blend'?") && faults.contains("^^^^"))
    #expect(Pipeline.faults(in: "{", named: "edit.json", on: machine)?.contains("edit.json:1:2") == true)
    let good = try String(contentsOfFile: Self.path("Pipelines/copy-paste.json"), encoding: .utf8)
    #expect(Pipeline.faults(in: good, on: machine) == nil)
  }

  @Test("a stage of the program's own is named like any other; events come in order and end")
  func ownStage() async throws {
    var machine = machine
    try machine.registry.register([Negative.self])
    let text = """
      {"formatVersion": 1, "inputs": {"scene": "image"},
       "stages": {"turn": {"use": "test.negative", "in": {"image": "inputs.scene"}}},
       "outputs": {"picture": "turn.image"}}
      """
    let run = try Pipeline(json: text, on: machine).start(inputs: [.scene: .image(scene())])
    var events: [Event] = []
    for await event in run.events { events.append(event) }
    #expect(events.started.contains("turn"))
    guard case .began? = events.first, case .ended(_, 0)? = events.last else {
      return #expect(Bool(false), "\(events)")
    }
    #expect(try await run.result.image("picture").hasSamePixels(as: scene().inverted()))
  }

  @Test("cancelling the task that waits stops the run")
  func cancelled() async throws {
    var machine = machine
    let (begun, begins) = AsyncStream.makeStream(of: Void.self)
    machine.registry.register(PortTypeDefinition(Number.self, summary: ""))
    try machine.registry.register(
      .stub("wait", effort: .waiting) { call in
        begins.finish()
        try await Task.sleep(for: .seconds(3600))
        return .number(0)
      })
    let text = """
      {"formatVersion": 1, "stages": {"wait": {"use": "wait"}}, "outputs": {"number": "wait.number"}}
      """
    let pipeline = try Pipeline(json: text, on: machine)
    let task = Task {
      defer { begins.finish() }
      return try await pipeline.run()
    }
    for await _ in begun {}
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
  }

  @Test("a program that serves no helpers is told so by the stages that need one")
  func helpers() async throws {
    let text = """
      {"formatVersion": 1, "inputs": {"scene": "image"},
       "stages": {"turn": {"use": "image.vips", "in": {"images": ["inputs.scene"]}, "set": {"operation": "invert"}}},
       "outputs": {"picture": "turn.image"}}
      """
    let error = await #expect(throws: RunFailure.self) {
      _ = try await Pipeline(json: text, on: machine).run(inputs: [.scene: .image(scene())])
    }
    #expect("\(try #require(error))".contains("Machine.serveHelpers()"))
  }

  @Test("paints with a model, and a second run gives the same picture")
  func paints() async throws {
    let machine = try Machine(models: .onThisMachine(environment: [:]))
    let pipeline = try Pipeline(Self.path("Pipelines/paint-by-example-raw.json"), on: machine)
    let fixture = Self.path("Tests/ParityTests/Fixtures/base")
    let inputs: [InputName: PipelineInput] = [
      .scene: .image(try Image.load(from: "\(fixture)/scene.png")), .mask: .file("\(fixture)/mask.png"),
      .exemplar: .file("\(fixture)/exemplar.png"),
    ]
    let params: [String: JSONValue] = ["model": .string("\(fixture)/model"), "steps": 2, "precision": "f32"]
    let first = try await pipeline.run(inputs: inputs, params: params).image("picture")
    let second = try await pipeline.run(inputs: inputs, params: params).image("picture")
    #expect(try first.hasSamePixels(as: second))
    #expect(try !first.hasSamePixels(as: Image.load(from: "\(fixture)/scene.png")))
  }
}

import Foundation
import PaintByExample
import Testing

/// The code of the articles, compiled: each of their blocks stands here word for word.
private enum Shown {
  static func overview(scene: Image) async throws {
    let machine = try Machine()
    let pipeline = try Pipeline("Pipelines/paint-by-example.json", on: machine)
    let result = try await pipeline.run(
      inputs: [.scene: .image(scene), .mask: .file("hole.png"), .exemplar: .file("cup.jpg")],
      params: ["model": "paint-by-example-128", "guidance": 5])
    try result.image("picture").write(to: "painted.png")
  }

  static func start() throws {
    Machine.serveHelpers()
    let machine = try Machine()
    _ = machine
  }

  static func follow(_ pipeline: Pipeline, scene: Image, data: Data) async throws -> Image {
    let run = pipeline.start(
      inputs: [.scene: .image(scene), .mask: .file("hole.png"), .exemplar: .encoded(data)],
      params: ["guidance": 5, "seed": 7])
    for await event in run.events {
      if case .progressed(let step, let progress) = event { print(step, progress.fraction) }
    }
    let result = try await run.result
    let picture = try result.image("picture")
    return picture
  }

  static func faults(in text: String, on machine: Machine) {
    if let faults = Pipeline.faults(in: text, named: "edit.json", on: machine) { print(faults) }
  }

  static func keep(in folder: URL, on machine: inout Machine) throws {
    machine.store = try Store(at: folder, limit: 20 << 30)
  }

  static func register() throws -> Machine {
    var machine = try Machine()
    try machine.registry.register([Negative.self])
    return machine
  }
}

/// Turns light into dark.
struct Negative: Stage {
  static let name = "test.negative"
  static let summary = "Turns light into dark."
  static let image = Input<Picture>("image", help: "The picture.")
  static let result = Output<Picture>("image", help: "The negative.")
  static let inputs: [any StagePort] = [image]
  static let outputs: [any StagePort] = [result]

  struct Parameters: StageParameters {
    @Parameter(help: "How much of the negative is taken.", 0...1) var strength = 1.0
  }
  var parameters: Parameters

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    let image = try inputs[Self.image].image
    let mixed = try image.linear(1 - 2 * parameters.strength, parameters.strength * image.format.fullScale)
    return StageOutputs(Self.result, Picture(try mixed.cast(to: image.format)))
  }
}

@Suite("The articles")
struct ArticleTests {
  private static let repository = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  static let articles = ["PaintByExample", "FromJSONToPicture", "WriteAStage", "EmbedThePipeline"].map {
    "Sources/PaintByExample/PaintByExample.docc/\($0).md"
  }

  /// The blocks of an article in a language.
  private func blocks(_ language: String, of article: String) throws -> [[String]] {
    let file = Self.repository.appending(path: article)
    let parts = try String(contentsOf: file, encoding: .utf8).components(separatedBy: "\n```")
    // Every second piece is a block, and begins with its language.
    return parts.enumerated().filter { $0.offset % 2 == 1 }.map { $0.element.components(separatedBy: "\n") }
      .filter { $0[0] == language }.map { Array($0.dropFirst()) }
  }

  private func lines(of path: String) throws -> [String] {
    try String(contentsOf: Self.repository.appending(path: path), encoding: .utf8)
      .components(separatedBy: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
  }

  @Test("show code that is compiled", arguments: articles + ["README.md"])
  func code(_ article: String) throws {
    let sources = try [
      lines(of: "Tests/PaintByExampleTests/ArticleTests.swift"),
      lines(of: "Examples/embed/Package.swift").filter { !$0.hasPrefix("// Elsewhere") },
    ]
    // Another test builds the stage that the README shows.
    for block in try blocks("swift", of: article) where !block.contains(where: { $0.contains("Vignette") }) {
      let shown = block.map { $0.trimmingCharacters(in: .whitespaces) }
        .filter { !$0.hasPrefix("import PaintByExample") }
        .drop { $0.isEmpty }
      #expect(sources.contains { $0.firstRange(of: shown) != nil }, "\(block.joined(separator: "\n"))")
    }
  }

  @Test("show documents that are valid, and faults as they are said")
  func documents() throws {
    let machine = try Machine(environment: [:])
    for block in try Self.articles.flatMap({ try blocks("json", of: $0) }) {
      #expect(Pipeline.faults(in: block.joined(separator: "\n"), on: machine) == nil)
    }
    let shown = try #require(try blocks("", of: Self.articles[3]).first).joined(separator: "\n")
    #expect(Pipeline.faults(in: PipelineTests.faulty, named: "edit.json", on: machine) == shown)
  }
}

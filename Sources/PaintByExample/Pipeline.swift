public import Foundation
public import PipelineKit

/// A document, ready to be run with pictures in and pictures out.
///
/// ```swift
/// let pipeline = try Pipeline("Pipelines/paint-by-example.json", on: Machine())
/// let result = try await pipeline.run(
///   inputs: [.scene: .image(scene), .mask: .image(mask), .exemplar: .file("cup.jpg")],
///   params: ["model": "Models/paint-by-example-128", "size": 128])
/// let picture = try result.image("picture")
/// ```
public struct Pipeline: Sendable {
  /// The document, read; its stages are checked when it is run.
  public let document: PipelineDocument
  /// What it runs on.
  public let machine: Machine

  /// The document of a file. Paths within it start from its folder.
  ///
  /// - Throws: `InvalidDocument` with every fault of the text; `UnreadableDocument`.
  public init(_ path: String, on machine: Machine) throws {
    document = try PipelineDocument(contentsOf: URL(filePath: path), named: path)
    self.machine = machine
  }

  /// The document of a text.
  ///
  /// - Parameters:
  ///   - json: the text.
  ///   - name: what it is called in messages.
  ///   - folder: where paths within it start.
  /// - Throws: `InvalidDocument` with every fault of the text.
  public init(
    json: String, named name: String = "document", folder: URL = .currentDirectory(), on machine: Machine
  ) throws {
    document = try PipelineDocument(JSONParser.parse(Data(json.utf8), file: name), folder: folder)
    self.machine = machine
  }

  /// Everything that is wrong with a text as a document, with lines and carets as a terminal shows it; nil when nothing
  /// is. Params and inputs may be left without values.
  public static func faults(
    in json: String, named name: String = "document", folder: URL = .currentDirectory(), on machine: Machine
  ) -> String? {
    do {
      try Pipeline(json: json, named: name, folder: folder, on: machine).validate()
      return nil
    } catch {
      return "\(error)"
    }
  }

  /// Checks the document as it stands. Params and inputs may be left without values.
  ///
  /// - Throws: `InvalidDocument` with every fault.
  public func validate() throws {
    try Planner(registry: machine.registry).validate(document, request(into: nil))
  }

  /// Runs the document to its end.
  ///
  /// Cancelling the task that waits for it stops the run.
  /// - Parameters:
  ///   - inputs: what the document's inputs are given.
  ///   - params: what its params are given; the others have their defaults. Relative paths start from the working folder.
  ///   - folder: where its outputs, and what its stages save, are written too; nil writes nothing.
  ///   - adjust: changes what is asked further: swaps, settings of stages, permissions.
  /// - Returns: the values at all its outputs.
  /// - Throws: `InvalidDocument` before anything runs, `MissingDependency` for a model or an engine that is not
  ///   there, `RunFailure` when stages failed, `CancellationError`. Each says itself in words: `"\(error)"`.
  public func run(
    inputs: [InputName: PipelineInput] = [:], params: [String: JSONValue] = [:], writingTo folder: URL? = nil,
    adjusting adjust: (inout PlanRequest) -> Void = { _ in }
  ) async throws -> PipelineResult {
    try await start(inputs: inputs, params: params, writingTo: folder, adjusting: adjust).result
  }

  /// Starts a run and returns at once, so that its events can be followed. Parameters and errors are those of `run`; the
  /// errors come with the result.
  ///
  /// ```swift
  /// let run = pipeline.start(inputs: […])
  /// for await event in run.events {
  ///   if case .progressed(let step, let progress) = event { print(step, progress.fraction) }
  /// }
  /// let result = try await run.result
  /// ```
  public func start(
    inputs: [InputName: PipelineInput] = [:], params: [String: JSONValue] = [:], writingTo folder: URL? = nil,
    adjusting adjust: (inout PlanRequest) -> Void = { _ in }
  ) -> PipelineRun {
    var request = request(into: folder)
    request.params = params.mapValues { .json($0) }
    adjust(&request)
    return PipelineRun(self, request, inputs)
  }

  private func request(into folder: URL?) -> PlanRequest {
    var request = PlanRequest(
      workingFolder: .currentDirectory(), outputFolder: folder ?? FileManager.default.temporaryDirectory)
    request.results = folder == nil ? .values : .filesAndValues
    if folder == nil { request.writers = [] }
    return request
  }
}

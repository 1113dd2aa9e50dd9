public import Foundation
public import PipelineKit

/// A temporary folder with a store in it, and the stages to run documents with. The folder goes with this object.
///
/// ```swift
/// let bench = try Bench(stages: [.stub("number.double") { .number($0.numbers[0] * 2) }])
/// let run = try await bench.run(#"{"formatVersion": 1, "stages": …, "outputs": {"sum": "add.number"}}"#)
/// #expect(run.error == nil)
/// #expect(bench.output("sum.json") == "[3,8]")
/// ```
public final class Bench: Sendable {
  /// Where documents and the files they name lie.
  public let folder: URL
  /// Where results go.
  public let outputFolder: URL
  /// What documents may name.
  public let registry: Registry
  /// Where results are kept.
  public let store: Store

  /// A bench with the stages of ``NumberStages`` and these.
  public convenience init(stages: [StageDefinition] = []) throws {
    try self.init(registry: NumberStages.registry(stages))
  }

  /// A bench with the stages of a registry.
  public init(registry: Registry) throws {
    let root = Self.place.appending(path: "bench-\(UUID())", directoryHint: .isDirectory)
    folder = root.appending(path: "documents", directoryHint: .isDirectory)
    outputFolder = root.appending(path: "out", directoryHint: .isDirectory)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    store = try Store(at: root.appending(path: "store", directoryHint: .isDirectory), limit: 1 << 30)
    self.registry = registry
  }

  /// In memory where the system has such a place: runs flush all they write, which on a disk takes its time.
  private static var place: URL {
    let memory = "/dev/shm"
    if FileManager.default.isWritableFile(atPath: memory) {
      return URL(filePath: memory, directoryHint: .isDirectory)
    }
    return FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
  }

  deinit { try? FileManager.default.removeItem(at: folder.deletingLastPathComponent()) }

  /// Writes a file into the documents' folder, or a folder within it.
  @discardableResult
  public func write(_ text: String, to name: String) throws -> URL {
    let file = folder.appending(path: name, directoryHint: .notDirectory)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
    return file
  }

  /// The text of a file in the output folder, or nil when there is none.
  public func output(_ name: String) -> String? {
    try? String(contentsOf: outputFolder.appending(path: name), encoding: .utf8)
  }

  /// The document of that text, as if it lay in the documents' folder.
  public func document(_ text: String, named name: String = "document.json") throws -> PipelineDocument {
    try PipelineDocument(JSONParser.parse(Data(text.utf8), file: name), folder: folder)
  }

  /// A request that asks for nothing but what `ask` adds.
  public func request(_ ask: (inout PlanRequest) -> Void = { _ in }) -> PlanRequest {
    var request = PlanRequest(workingFolder: folder, outputFolder: outputFolder)
    ask(&request)
    return request
  }

  /// The plan of the document of that text.
  public func plan(_ text: String, _ ask: (inout PlanRequest) -> Void = { _ in }) throws -> Plan {
    try Planner(registry: registry).plan(document(text), request(ask))
  }

  /// The faults of the document of that text and what is asked of it; none when it can be run.
  public func faults(_ text: String, _ ask: (inout PlanRequest) -> Void = { _ in }) throws -> [Diagnostic] {
    do {
      _ = try plan(text, ask)
      return []
    } catch let invalid as InvalidDocument {
      return invalid.diagnostics
    }
  }

  /// Runs the document of that text.
  ///
  /// - Parameters:
  ///   - keeps: whether results are taken from the store and kept there.
  ///   - adjust: changes how the plan is run.
  ///   - ask: adds to the request.
  /// - Throws: ``InvalidDocument``. What goes wrong in the run itself is in the result.
  public func run(
    _ text: String, keeps: Bool = true, adjust: (inout Scheduler.Options) -> Void = { _ in },
    asking ask: (inout PlanRequest) -> Void = { _ in }
  ) async throws -> RecordedRun {
    let plan = try plan(text, ask)
    let list = EventList()
    var options = Scheduler.Options()
    options.store = keeps ? store : nil
    options.events = { list.hear($0) }
    adjust(&options)
    do {
      let values = try await Scheduler(options).run(plan)
      return RecordedRun(events: list.events, values: values, error: nil)
    } catch {
      return RecordedRun(events: list.events, values: [:], error: error)
    }
  }
}

/// What happened during a run.
public struct RecordedRun: Sendable {
  /// The events in order.
  public let events: [Event]
  /// The values that the run returned, by the document's output.
  public let values: [String: any PortValue]
  /// Why the run failed; nil when it did not.
  public let error: (any Error)?

  /// The steps that failed.
  public var failures: [FailedStep] { (error as? RunFailure)?.failures ?? [] }
}

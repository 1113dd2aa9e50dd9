public import Experiments
public import Foundation
import Foundations
public import PipelineKit

/// What a page shows: results with their pictures, measures, times and errors, and the pipeline that made them.
public struct Report: Sendable {
  /// What the page is called.
  public var title: String
  /// How the page is made.
  public var options = Options()

  let folder: URL
  let records: [RowRecord]
  let manifest: JSONValue
  /// The pipeline and what became of its stages, where that is known; else what a picture says made it is drawn.
  private var graph: PlanGraph?

  /// How a page is made.
  public struct Options: Sendable {
    /// The longest side of a thumbnail in pixels.
    public var thumbnail = 320
    /// Whether result pictures themselves are put into the page, for one that is sent without its folder. Otherwise it
    /// links them.
    public var embedsPictures = false
    /// The usual way.
    public init() {}
  }

  /// There is nothing to show.
  public struct Nothing: Error, Sendable, CustomStringConvertible {
    /// In words.
    public let description: String
  }

  /// A report of a folder: a batch's, or one that single runs wrote pictures into.
  ///
  /// - Throws: ``Nothing``.
  public init(of folder: URL) throws {
    let results = ResultsFolder(folder)
    if let manifest = results.manifest {
      self.init(results.latest(), manifest, in: folder)
      guard !records.isEmpty else {
        throw Nothing(
          description: "no row of the batch in \(folder.path(percentEncoded: false)) has ended yet")
      }
    } else {
      let records = RunRecord.records(of: folder)
      guard !records.isEmpty else {
        throw Nothing(
          description:
            "\(folder.path(percentEncoded: false)) holds neither results of a batch nor pictures that a run "
            + "wrote (PNG files that carry their provenance)")
      }
      self.init(records, ["rows": JSONValue(records.count)], in: folder)
    }
  }

  /// A report of one run that has just ended.
  ///
  /// - Parameters:
  ///   - run: what it came to.
  ///   - plan: what was run.
  ///   - document: the document as its user named it.
  ///   - command: the program and its arguments.
  ///   - fixed: what else is known of it, by name, such as its preset.
  ///   - folder: where its outputs went.
  public init(
    _ run: RowRecord, of plan: Plan, _ document: String, command: [String], fixed: [String: String] = [:],
    in folder: URL
  ) {
    let manifest: JSONValue = [
      "rows": 1, "pipeline": .string(document), "command": .array(command.map { .string($0) }),
      "fixed": .object(fixed.mapValues { .string($0) }),
    ]
    self.init([run], manifest, in: folder)
    var graph = PlanGraph(plan)
    for step in plan.steps.map(\.id) {
      graph.states[step] =
        run.stages[step].map { $0.isCached ? .kept : .runs } ?? (run.error == nil ? .unneeded : .unfinished)
    }
    self.graph = graph
  }

  private init(_ records: [RowRecord], _ manifest: JSONValue, in folder: URL) {
    (self.records, self.manifest, self.folder) = (records, manifest, folder)
    let name = folder.standardizedFileURL.lastPathComponent
    let pipeline = manifest["pipeline"]?.string.map {
      URL(filePath: $0).deletingPathExtension().lastPathComponent
    }
    title = [pipeline, name].compactMap { $0 }.joined(separator: " · ")
  }

  /// Writes the page.
  ///
  /// - Throws: `FileError`; `CancellationError`. A picture that cannot be read is shown as missing.
  public func write(to page: URL) async throws {
    var content = PageContent(self, page: page)
    let data = try content.json()
    var graph = JSONValue.null
    do {
      if let drawn = self.graph ?? content.graph { graph = ["svg": .string(try await drawn.svg())] }
    } catch let missing as MissingDependency {
      graph = ["missing": .string("\(missing)")]
    }
    try AtomicFile(page).write(PageTemplate.report(of: data, graph: graph))
  }

  /// What varies, in order: the axes, then all else by name; each with its values, numbers by size, others as they come.
  var names: [(name: String, values: [String])] {
    let axes = (manifest["axes"]?.array ?? []).flatMap { ($0.object ?? [:]).keys.sorted() }
    let all = axes + Set(records.flatMap(\.values.keys)).subtracting(axes).sorted()
    return all.map { name in
      var seen: Set<String> = []
      let values = records.map { $0.values[name] ?? "" }.filter { seen.insert($0).inserted }
      let numbers = values.compactMap { text in Double(text).map { (text, $0) } }
      return (
        name, numbers.count == values.count ? numbers.sorted { $0.1 < $1.1 }.map(\.0) : values
      )
    }
  }
}

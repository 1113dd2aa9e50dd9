public import Foundation
import Foundations
public import PipelineKit
import SystemPackage

/// Runs the rows of an experiment, in windows of many rows whose plans are one: what rows share is made once, and the
/// stages of one row run while another's compute.
public struct Batch: Sendable {
  /// How rows are run.
  public struct Options: Sendable {
    /// The part of the rows that is run.
    public var shard = Shard.all
    /// Whether rows that failed before are tried again.
    public var retriesFailed = false
    /// Whether the first failure ends the batch.
    public var stopsOnFailure = false
    /// At most so many rows are run.
    public var limit: Int?
    /// How rows are planned together.
    public var window = 24
    /// The program and its arguments, for whoever wants to run it again.
    public var command: [String] = []
    /// Hears what happens, from any thread.
    public var events: @Sendable (BatchEvent) -> Void = { _ in }
    /// The usual way.
    public init() {}
  }

  let experiment: Experiment
  let folder: ResultsFolder
  let options: Options
  let running: Scheduler.Options
  let base: PlanRequest
  let plan: @Sendable (PipelineDocument, PlanRequest) async throws -> Plan
  let planner: Planner

  /// - Parameters:
  ///   - experiment: what is run.
  ///   - folder: where results and their records go.
  ///   - base: what every row asks besides what it sets: permissions.
  ///   - running: how plans are run: the store, memory, services.
  ///   - plan: makes a plan of a document and a request.
  ///   - planner: checks a document with what is asked, and opens no file but documents.
  public init(
    _ experiment: Experiment, into folder: URL, base: PlanRequest, options: Options,
    running: Scheduler.Options,
    plan: @escaping @Sendable (PipelineDocument, PlanRequest) async throws -> Plan,
    planner: Planner
  ) {
    self.experiment = experiment
    self.folder = ResultsFolder(folder)
    self.options = options
    self.running = running
    var base = base
    base.digests = FileDigests()
    self.base = base
    self.plan = plan
    self.planner = planner
  }

  /// What a batch came to.
  public struct Summary: Sendable {
    /// Rows of the experiment.
    public var rows = 0
    /// Those of the shard.
    public var ownRows = 0
    /// Rows whose results were made.
    public var done = 0
    /// Rows whose results were there.
    public var kept = 0
    /// Rows that were left out, for what they need is not on this machine.
    public var skipped = 0
    /// What is missing, each once.
    public var missing: [MissingDependency] = []
    /// Rows that failed, those of earlier runs that are not tried again among them.
    public var failed = 0
    /// Rows whose results were there but are of another document, table or file.
    public var stale = 0
    /// Rows of earlier runs that the experiment does not have any more.
    public var dropped = 0
    /// The first failures, by the row's name.
    public var failures: [Failure] = []

    /// A row that failed.
    public struct Failure: Sendable, Hashable {
      /// What it is called.
      public var name: String
      /// Why.
      public var error: String
    }

    /// Whether every row of the shard is there, but for those that were to be left out.
    public var isComplete: Bool { done + kept + skipped == ownRows }

    mutating func skip(_ needed: [MissingDependency]) {
      skipped += 1
      missing += needed.filter { one in !missing.contains { $0.description == one.description } }
    }

    mutating func note(_ record: RowRecord) {
      if let error = record.error {
        failed += 1
        if failures.count < 10 { failures.append(Failure(name: record.name, error: error)) }
      } else {
        done += 1
      }
    }
  }

  /// Checks all rows and runs those that are not there.
  ///
  /// - Throws: ``InvalidDocument`` with every fault, before anything runs; ``BatchIsRunning``; `FileError` when results
  ///   or records cannot be written, as on a full disk: the rows at hand are made by the next run;
  ///   `MissingDependency`; `CancellationError`.
  public func run() async throws -> Summary {
    // Tables, records and files are read: nothing for the threads that tasks share.
    try await withTaskExecutorPreference(BlockingExecutor()) { try await runRows() }
  }

  private func runRows() async throws -> Summary {
    let prepared = try prepare()
    var summary = Summary(rows: prepared.rows, ownRows: prepared.ownRows)
    try FileSystem().createFolder(FilePath(folder.url))
    let log: RecordLog
    do {
      log = try RecordLog(folder.url.appending(path: options.shard.records))
    } catch let busy as RecordLog.IsBusy {
      throw BatchIsRunning(path: busy.path)
    }
    try folder.note(manifest(prepared.rows))
    options.events(.began(rows: summary.ownRows, of: summary.rows, shard: options.shard))
    let past = earlier()
    var bytesOfRow = History(past).bytesOfRow
    try checkRoom(for: summary.ownRows - past.count, of: bytesOfRow)
    let feed = try RowFeed(self, prepared, past: past)
    var window = try await feed.next()
    while true {
      for settled in window.settled { try note(settled, log, &summary) }
      for row in window.rows where row.isStale {
        summary.stale += 1
        options.events(.stale(row.record.name))
      }
      if options.stopsOnFailure, summary.failed > 0 { break }
      let (records, next) = try await run(window, log, whilePlanning: feed)
      for record in records { summary.note(record) }
      if bytesOfRow == nil {
        bytesOfRow = History(records).bytesOfRow
        try checkRoom(
          for: summary.ownRows - summary.done - summary.kept - summary.failed - summary.skipped,
          of: bytesOfRow)
      }
      guard let next, !(options.stopsOnFailure && summary.failed > 0) else { break }
      window = next
    }
    for var record in await feed.leftOver {
      record.isDropped = true
      try append(&record, to: log)
      summary.dropped += 1
      options.events(.dropped(record.name))
    }
    options.events(.ended(summary))
    return summary
  }

  /// Runs the rows at hand while the next ones are planned; nil for these after the last.
  private func run(_ window: RowFeed.Window, _ log: RecordLog, whilePlanning feed: RowFeed) async throws
    -> ([RowRecord], RowFeed.Window?)
  {
    try await withThrowingTaskGroup(of: RowFeed.Window.self) { group in
      if !window.isLast { group.addTask { try await feed.next() } }
      var records: [RowRecord] = []
      if !window.rows.isEmpty {
        records = try await run(window.rows, log)
        try log.flush()
      }
      return (records, try await group.next())
    }
  }

  /// Throws when so many rows of that size do not fit on the disk.
  private func checkRoom(for rows: Int, of bytes: Int?) throws {
    guard let bytes, rows > 0 else { return }
    let (needed, free) = (bytes.multipliedReportingOverflow(by: rows), try Self.freeSpace(near: folder.url))
    guard needed.overflow || needed.partialValue > free else { return }
    throw TooLittleRoom(rows: rows, needed: needed.overflow ? .max : needed.partialValue, free: free)
  }

  private func note(_ settled: RowFeed.Settled, _ log: RecordLog, _ summary: inout Summary) throws {
    switch settled {
    case .kept(var record):
      summary.kept += 1
      if record.isDropped {
        record.isDropped = false
        try append(&record, to: log)
      }
      options.events(.kept(record))
    case .failedBefore(let record): summary.note(record)
    case .skipped(let name, let missing):
      summary.skip(missing)
      options.events(.skipped(name, missing))
    case .failed(var record):
      try append(&record, to: log)
      summary.note(record)
      options.events(.recorded(record))
    }
  }

  private func append(_ record: inout RowRecord, to log: RecordLog) throws {
    record.time = Int(Date.now.timeIntervalSince1970 * 1000)
    try log.append(record)
  }

  // MARK: Rows

  struct Prepared: Sendable {
    /// How many rows there are.
    var rows: Int
    /// How many of them belong to the shard.
    var ownRows: Int
    var planner: RowPlanner
    var names: RowNames
  }

  /// Checks everything that can be known beforehand.
  func prepare() throws -> Prepared {
    let planner: RowPlanner
    let names: RowNames
    do {
      let reader = try RowReader(experiment)
      try checkColumns(reader.columns)
      planner = try RowPlanner(experiment, base: base, columns: reader.columns)
      // Which members the objects of a table have is found out line by line.
      let named = reader.names.filter { (try? Target($0, of: experiment.pipeline)) != nil }
      let varies = named + experiment.varyingNames
      let files = try varies.filter { name in
        try !isCapture(name) && Target(name, of: experiment.pipeline).isFile(in: experiment.pipeline)
      }
      names = try RowNames(experiment.name, varying: varies, files: Set(files))
    } catch let broken as RowTable.Fault {
      throw InvalidDocument([Diagnostic(broken.description, at: .root / "rows")])
    } catch let unknown as Target.Unknown {
      throw InvalidDocument([unknown.diagnostic(at: .root)])
    } catch let wrong as RowNames.Fault {
      throw InvalidDocument([
        Diagnostic(wrong.message, at: .root / "name", expected: wrong.expected, suggestion: wrong.suggestion)
      ])
    }
    let check = try ExperimentCheck(
      experiment, planner: planner, folder: folder.url, names: names,
      pipelines: self.planner, shard: options.shard)
    return Prepared(rows: check.rows, ownRows: check.ownRows, planner: planner, names: names)
  }

  /// - Throws: ``InvalidDocument`` with every column whose name means nothing.
  private func checkColumns(_ columns: [String]) throws(InvalidDocument) {
    guard case .table(let table) = experiment.source else { return }
    let faults = columns.compactMap { column -> Diagnostic? in
      do throws(Target.Unknown) {
        _ = try Target(column, of: experiment.pipeline)
        return nil
      } catch {
        var diagnostic = error.diagnostic(at: .root / "rows")
        diagnostic.message = "\(table.name):1: " + diagnostic.message
        return diagnostic
      }
    }
    guard faults.isEmpty else { throw InvalidDocument(faults) }
  }

  private func isCapture(_ name: String) -> Bool {
    experiment.source.patterns.contains { $0.captures.contains(name) }
      || experiment.order != nil && name == RowOrder.position
  }

  /// What becomes of a row, by its plan and its last record.
  ///
  /// - Throws: what is not the row's own fault.
  func fate(of row: Row, _ key: ContentDigest, _ past: RowRecord?, _ prepared: Prepared) async throws
    -> RowFeed.Fate
  {
    if let past, past.error != nil, !past.isDropped, !options.retriesFailed {
      return .settled(.failedBefore(past))
    }
    let name = prepared.names.name(of: row)
    var record = RowRecord(key: key, name: name, number: row.index, values: row.varying, line: row.line)
    record.attempt = past?.error == nil ? 1 : (past?.attempt ?? 0) + 1
    record.versions = base.environment
    do {
      let place = folder.url.appending(path: name, directoryHint: .isDirectory)
      let plan = try await plan(experiment.pipeline, prepared.planner.request(row, into: place))
      record.fingerprint = plan.fingerprint
      guard let past, past.error == nil else {
        return .runs(.init(plan: plan, record: record, isStale: false))
      }
      let isSame = past.fingerprint == record.fingerprint
      if isSame, past.name == name, hasFiles(past) { return .settled(.kept(past)) }
      return .runs(.init(plan: plan, record: record, isStale: !isSame))
    } catch let error as MissingDependency {
      return try missing([error], of: name)
    } catch let errors as MissingDependencies {
      return try missing(errors.all, of: name, errors)
    } catch let error as CancellationError {
      throw error
    } catch {
      record.error = "\(error)"
      return .settled(.failed(record))
    }
  }

  /// What becomes of a row that needs what is not on this machine.
  private func missing(_ all: [MissingDependency], of name: String, _ error: (any Error)? = nil) throws
    -> RowFeed.Fate
  {
    guard experiment.skipsMissing else { throw error ?? all[0] }
    return .settled(.skipped(name: name, all))
  }

  /// Whether the files of a record are still there, of the size they had.
  private func hasFiles(_ record: RowRecord) -> Bool {
    record.files.values.allSatisfy { file in
      let status = try? FileSystem().status(FilePath(file.url(in: folder.url)), followingLink: true)
      return status?.size == Int64(file.bytes)
    }
  }

  /// The last record of each row of the shard.
  func earlier() -> RecordIndex { RecordIndex(folder.recordFiles, holds: options.shard.holds) }

  private func manifest(_ rows: Int) -> JSONValue {
    [
      "formatVersion": 1, "rows": JSONValue(rows),
      "pipeline": .string(experiment.pipeline.source.file),
      "folder": .string(experiment.folder.path(percentEncoded: false)),
      "command": .array(options.command.map { .string($0) }),
      "axes": .array(
        experiment.axes.map { axis in
          .object(
            Dictionary(
              uniqueKeysWithValues: axis.names.enumerated().map { index, name in
                (name, .array(axis.places.map { .string($0[index].text) }))
              }))
        }),
      "fixed": .object(
        Dictionary(experiment.fixed.map { ($0.name, .string($0.text)) }) { _, last in last }),
      "measures": .array(experiment.measures.keys.sorted().map { .string($0) }),
    ]
  }

  private func run(_ window: [RowFeed.PlannedRow], _ log: RecordLog) async throws -> [RowRecord] {
    guard
      let merged = MergedPlan(
        window.map(\.plan), named: window.map { String($0.record.key.description.prefix(16)) })
    else { return [] }
    let watch = WindowWatch(window.map(\.record), merged, experiment.measures, folder: folder.url)
    var running = running
    running.keepsGoing = !options.stopsOnFailure
    let events = options.events
    running.events = { event in
      do {
        for var record in try watch.note(event) {
          try append(&record, to: log)
          events(.recorded(record))
        }
      } catch {
        watch.fail(error)
      }
      events(.step(event))
    }
    do {
      _ = try await Scheduler(running).run(merged.plan)
    } catch let failure as RunFailure {
      let passing = failure.failures.filter { Self.isPassing($0.cause) }
      for var record in watch.failed(except: Set(passing.map(\.step))) {
        try append(&record, to: log)
        events(.recorded(record))
      }
      // Another try may mend it, so it is no row's fault.
      if let cause = passing.first?.cause { throw cause }
    } catch let invalid as InvalidDocument {
      // Shapes show that a row cannot be made; which one, only each by itself can tell.
      guard window.count > 1 else {
        var record = window[0].record
        record.error = "\(invalid)"
        try append(&record, to: log)
        events(.recorded(record))
        return [record]
      }
      var records: [RowRecord] = []
      for row in window { records += try await run([row], log) }
      return records
    }
    if let error = watch.error { throw error }
    return watch.records
  }

  /// Whether a failure is of the machine rather than of what a row asks for.
  private static func isPassing(_ cause: any Error) -> Bool {
    if cause is MissingDependency { return true }
    guard let reason = (cause as? FileError)?.reason else { return false }
    return reason.isPassing || reason == .readOnly || reason == .mediumFailure
  }
}

/// Another process runs this batch into the same folder.
public struct BatchIsRunning: Error, Sendable, CustomStringConvertible {
  /// The file that it writes.
  public let path: String
  /// In words.
  public var description: String {
    "another process runs this batch: it writes \(path). Give each its own part with --shard, or wait for it"
  }
}

/// The rows that are left would fill the disk.
public struct TooLittleRoom: Error, Sendable, CustomStringConvertible {
  /// How many rows are to be made.
  public let rows: Int
  /// What they take by the rows that are there, in bytes.
  public let needed: Int
  /// What is free, in bytes.
  public let free: Int
  /// In words.
  public var description: String {
    "the \(rows) rows that are left take about \(MemoryBudget.phrase(needed)) by those that are there, "
      + "and the disk has \(MemoryBudget.phrase(free)) free"
  }
}

/// What happens during a batch.
public enum BatchEvent: Sendable {
  case began(rows: Int, of: Int, shard: Shard)
  /// The results of a row were there.
  case kept(RowRecord)
  /// The results of a row are of another document, table or file, and are made anew.
  case stale(String)
  /// A row of earlier runs is none of the experiment any more; its files stay.
  case dropped(String)
  /// A row is left out, for this is not on this machine.
  case skipped(String, [MissingDependency])
  /// A row has come to its end.
  case recorded(RowRecord)
  /// Something happened to a step of the rows that are run together.
  case step(Event)
  case ended(Batch.Summary)
}

public import Foundation
import Foundations
public import PipelineKit
import SystemPackage

/// The folder of an experiment's results: the rows' folders, `results.jsonl` or one such file for each shard, and
/// `experiment.json`, which says what was asked.
public struct ResultsFolder: Sendable {
  /// The folder.
  public let url: URL

  /// A folder of results, which need not be there yet.
  public init(_ url: URL) { self.url = url }

  /// The files of records, by name.
  public var recordFiles: [URL] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: url.path(percentEncoded: false))) ?? []
    return names.filter { $0.hasPrefix("results") && $0.hasSuffix(".jsonl") }.sorted().map {
      url.appending(path: $0, directoryHint: .notDirectory)
    }
  }

  /// Calls `body` with every record, file by file, the oldest first. A line that was cut off by a crash, and any other that
  /// is no record, is passed over.
  ///
  /// - Throws: `FileError`; what `body` throws.
  public func forEachRecord(_ body: (RowRecord) throws -> Void) throws {
    for file in recordFiles { try Self.forEachRecord(in: file, body) }
  }

  static func forEachRecord(in file: URL, _ body: (RowRecord) throws -> Void) throws {
    guard let data = try? Data(contentsOf: file, options: .alwaysMapped) else { return }
    for line in data.split(separator: UInt8(ascii: "\n")) {
      guard let json = try? JSONValue(parsing: String(decoding: line, as: UTF8.self)),
        let record = RowRecord(json: json)
      else { continue }
      try body(record)
    }
  }

  /// The last record of each row, in the order in which rows were first recorded.
  public func latest() throws -> [RowRecord] {
    var order: [ContentDigest] = []
    var records: [ContentDigest: RowRecord] = [:]
    try forEachRecord { record in
      if records.updateValue(record, forKey: record.key) == nil { order.append(record.key) }
    }
    return order.compactMap { records[$0] }
  }

  /// What was asked: how many rows there are, what varies, what ran.
  public var manifest: JSONValue? {
    (try? Data(contentsOf: url.appending(path: Self.manifestName))).flatMap {
      try? JSONValue(parsing: String(decoding: $0, as: UTF8.self))
    }
  }

  /// Notes what is asked.
  func note(_ manifest: JSONValue) throws {
    try AtomicFile(url.appending(path: Self.manifestName)).write(Data(JSONWriter.pretty(manifest).utf8))
  }

  private static let manifestName = "experiment.json"

  /// One file of records of all rows, in place of those of shards.
  ///
  /// - Returns: how many rows it has.
  public func merge() throws -> Int {
    let files = recordFiles
    let records = try latest()
    let lines = records.map { JSONWriter.canonical($0.json) + Data("\n".utf8) }
    try AtomicFile(url.appending(path: Shard.all.records)).write(lines.reduce(into: Data()) { $0 += $1 })
    for file in files where file.lastPathComponent != Shard.all.records {
      try FileSystem().remove(FilePath(file))
    }
    return records.count
  }
}

/// The file that one process appends records to, each line by one call. A row whose record did not reach the disk is
/// only looked at again.
final class RecordLog: Sendable {
  private let descriptor: FileDescriptor
  private let path: FilePath
  private let lock: FileLock?

  /// Another process writes these records.
  struct IsBusy: Error {
    var path: String
  }

  /// - Throws: ``IsBusy``; `FileError`.
  init(_ file: URL) throws {
    path = FilePath(file)
    let system = FileSystem()
    // Where the file system has no locks, only its user can see to it that nobody else writes here.
    do {
      guard let lock = try FileLock.takeIfFree(path, mode: .readWrite, options: [.create], system: system)
      else {
        throw IsBusy(path: path.string)
      }
      self.lock = lock
    } catch let error as FileError where error.operation == .lock {
      lock = nil
    }
    descriptor = try system.open(path, .readWrite, options: [.create, .append])
    try system.attempt(.write, path) { try Self.endLine(descriptor) }
  }

  deinit {
    try? SystemCall.sync(descriptor)
    try? descriptor.close()
  }

  /// A line that a crash cut off is ended, so that the next one stands alone.
  private static func endLine(_ descriptor: FileDescriptor) throws {
    let size = try descriptor.seek(offset: 0, from: .end)
    guard size > 0 else { return }
    var last: UInt8 = 0
    _ = try withUnsafeMutableBytes(of: &last) { try descriptor.read(fromAbsoluteOffset: size - 1, into: $0) }
    if last != UInt8(ascii: "\n") { try descriptor.writeAll([UInt8(ascii: "\n")]) }
  }

  /// Adds a record.
  ///
  /// - Throws: `FileError`.
  func append(_ record: RowRecord) throws {
    let line = JSONWriter.canonical(record.json) + Data("\n".utf8)
    _ = try FileSystem().attempt(.write, path) { try descriptor.writeAll(line) }
  }
}

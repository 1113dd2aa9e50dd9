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

  /// The last record of each row, in the rows' order. Lines that a crash cut off, and any others that are no record, are
  /// passed over, and so are rows that are no longer of the experiment.
  public func latest() -> [RowRecord] {
    var records: [RowRecord] = []
    RecordIndex(recordFiles).forEach { if !$0.isDropped { records.append($0) } }
    return records.sorted { ($0.number, $0.name) < ($1.number, $1.name) }
  }

  /// What was asked: how many rows there are, what varies, what ran.
  public var manifest: JSONValue? {
    try? JSONValue(parsing: Data(contentsOf: url.appending(path: Self.manifestName)))
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
    let records = latest()
    try AtomicFile(url.appending(path: Shard.all.records)).write(
      records.reduce(into: Data()) { $0 += $1.encoded })
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

  deinit { try? descriptor.close() }

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
    _ = try FileSystem().attempt(.write, path) { try descriptor.writeAll(record.encoded) }
  }

  /// Sees to it that records outlast the power.
  func flush() throws { try FileSystem().attempt(.sync, path) { try SystemCall.sync(descriptor) } }
}

import Foundations
public import Foundation
import SystemPackage

/// A content-addressed store on disk, shared by any number of processes.
///
/// An entry is a folder of files known by a fingerprint of what it was computed from. It appears whole or not at all,
/// is compared byte by byte with its manifest before it is handed out, and stays in place while somebody holds it.
/// Entries used longest ago make room for new ones.
///
///     root/entries/ab/ab12…/manifest.jsonl   what the entry holds, under a checksum; its time is that of the last use
///     root/entries/ab/ab12…/files/           the caller's files
///     root/temporary/                        entries being written or deleted
///     root/ledger/                           small records, by name
///     root/usage                             bytes in use; locked while entries come and go
///
/// Its calls block on the disk. All throw `FileError` when the disk fails, is full or may not be written; whether to
/// go on without a store is the caller's choice.
public struct Store: Sendable {
  /// The store's folder.
  public let root: URL
  /// Bytes that entries may take together before those used longest ago are evicted.
  public let limit: Int64
  let path: FilePath
  let system: FileSystem

  /// Opens the store in a folder, which is made where needed, and clears away what processes that died left unfinished.
  ///
  /// - Parameters:
  ///   - limit: in bytes; by default 20 GiB or a tenth of the disk, whichever is smaller.
  ///   - waits: called with the path of a lock that another process has held for longer than moments, on any thread.
  /// - Throws: `FileError`. A store on a read-only disk opens and can be read.
  public init(
    at root: URL, limit: Int64? = nil, waits: @escaping @Sendable (_ lock: String) -> Void = { _ in }
  ) throws {
    var system = FileSystem()
    system.waits = waits
    try self.init(at: root, limit: limit, system: system)
  }

  init(at root: URL, limit: Int64? = nil, system: FileSystem) throws {
    self.root = root
    self.path = FilePath(root)
    self.system = system
    for folder in ["entries", "temporary", "ledger"] { try system.createFolder(path.appending(folder)) }
    self.limit = limit ?? Self.defaultLimit(at: root)
    try removeLeftovers()
  }

  /// Whether there is an entry of that key: one look at the disk, nothing is read or verified.
  public func contains(_ key: ContentDigest) throws -> Bool {
    try system.status(manifestPath(key)) != nil
  }

  /// The metadata of an entry, without verifying or leasing its files; nil when there is none that can be read.
  public func metadata(of key: ContentDigest) throws -> Data? {
    guard let sealed = try system.contents(of: manifestPath(key)) else { return nil }
    return (try? StoreManifest(sealed: sealed))?.metadata
  }

  /// The entry of a key, with every byte verified and its time of use recorded; a damaged one is removed.
  ///
  /// - Parameter checkCancellation: called for every mebibyte verified; what it throws ends the reading.
  /// - Throws: `FileError` for failures that say nothing of the entry: no permission, too many open files.
  public func open(
    _ key: ContentDigest, checkCancellation: () throws -> Void = { try Task.checkCancellation() }
  ) throws -> StoreRead {
    let read = try verified(key, checkCancellation: checkCancellation)
    if case .present(let entry) = read { try entry.recordUse(system: system) }
    return read
  }

  /// Stores an entry that `fill` writes into the empty folder it is given; it may use subfolders, not links.
  ///
  /// - Returns: the entry, leased. When another process stored one of that key meanwhile, theirs, verified.
  /// - Throws: what `fill` or `checkCancellation` throws, or `FileError`; then there is no half-written entry.
  @discardableResult
  public func insert(
    _ key: ContentDigest, metadata: Data,
    checkCancellation: () throws -> Void = { try Task.checkCancellation() }, fill: (URL) throws -> Void
  ) throws -> StoreEntry {
    let draft = try draft(key)
    try fill(draft.folder)
    return try draft.commit(metadata: metadata, checkCancellation: checkCancellation)
  }
}

extension Store {
  /// 20 GiB or a tenth of the disk, whichever is smaller.
  static func defaultLimit(at root: URL) -> Int64 {
    let most: Int64 = 20 << 30
    let attributes = try? FileManager.default.attributesOfFileSystem(
      forPath: root.path(percentEncoded: false))
    guard let disk = (attributes?[.systemSize] as? NSNumber)?.int64Value else { return most }
    return min(most, disk / 10)
  }

  var entriesPath: FilePath { path.appending("entries") }
  var temporaryPath: FilePath { path.appending("temporary") }

  func entryPath(_ key: ContentDigest) -> FilePath { FilePath(entryText(key)) }

  func manifestPath(_ key: ContentDigest) -> FilePath { FilePath(entryText(key) + "/" + Self.manifestName) }

  /// Text, for taking paths apart and together again is most of what a look at the disk costs.
  private func entryText(_ key: ContentDigest) -> String {
    let name = key.description
    return "\(path.string)/entries/\(name.prefix(2))/\(name)"
  }

  static let manifestName = "manifest.jsonl"
  static let filesName = "files"

  /// Waits until entries may come and go at this caller's hand alone.
  func withUsage<Value>(_ body: (StoreUsage) throws -> Value) throws -> Value {
    try StoreUsage.hold(path.appending("usage"), system: system, body)
  }
}

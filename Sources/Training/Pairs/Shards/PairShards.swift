public import Foundation
public import Foundations

/// Writes training pairs as WebDataset shards: tar files in which the entries of one pair share a key.
///
/// A pair is `KEY.scene.png` (grey in the hole), `KEY.reference.png` (changed), `KEY.mask.png` (white in the hole),
/// `KEY.target.png` or `.jpg`, and `KEY.json` (every random choice). Which pairs a shard holds follows from the
/// annotations alone, and each pair has a seed of its own; so shards are the same bytes with any number of workers,
/// and a run that was interrupted goes on with the next missing one.
public struct PairShards: Sendable {
  private let source: PairSource
  private let annotations: ContentDigest
  private let folder: URL
  private let settings: PairSettings

  /// Pairs yet to be written.
  /// - Parameters:
  ///   - table: the boxes.
  ///   - annotations: digest of the file that they were read from.
  ///   - pictures: the folder that the pictures' paths begin in.
  ///   - folder: the shards' own; made if it is missing.
  public init(
    _ table: BoxTable, annotations: ContentDigest, pictures: URL, folder: URL, settings: PairSettings
  ) {
    source = PairSource(table: table, pictures: pictures, settings: settings)
    (self.annotations, self.folder, self.settings) = (annotations, folder, settings)
  }

  /// How many pairs there are to draw.
  public var count: Int { settings.count(pictures: source.table.pictures.count) }
  /// How many shards they fill.
  public var shardCount: Int { (count + settings.shardSize - 1) / settings.shardSize }

  /// What happens while shards are written.
  public enum Event: Sendable {
    /// So many of the pairs that this run has to draw are done, those skipped included.
    case progressed(done: Int, total: Int)
    /// A shard has appeared.
    case wrote(shard: String, PairTally)
    /// A shard was there already.
    case kept(shard: String)
  }

  /// Writes every shard that is not there yet, and `report.json`.
  /// - Parameter workers: pairs made at the same time.
  /// - Returns: what all shards hold, and what was skipped.
  /// - Throws: ``ShardError`` without pictures, and where the folder holds pairs of other settings; what writing meets;
  ///   `CancellationError`.
  public func write(workers: Int, events: (Event) -> Void) async throws -> PairTally {
    var isFolder: ObjCBool = false
    let pictures = source.pictures.path(percentEncoded: false)
    guard FileManager.default.fileExists(atPath: pictures, isDirectory: &isFolder), isFolder.boolValue else {
      throw ShardError("\(pictures) is no folder of pictures")
    }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let lock = try FolderLock(folder)
    defer { withExtendedLifetime(lock) {} }
    try claim()
    let names = (0..<shardCount).map(Self.name)
    var parts = try names.map(kept)
    let missing = parts.indices.filter { parts[$0] == nil }
    for shard in parts.indices where parts[shard] != nil { events(.kept(shard: names[shard])) }
    let total = missing.reduce(0) { $0 + range($1).count }
    var done = 0
    for shard in missing {
      let written = try await write(shard, workers: workers) {
        done += 1
        events(.progressed(done: done, total: total))
      }
      events(.wrote(shard: names[shard], written))
      parts[shard] = written
    }
    var tally = source.table.tally
    for part in parts.compactMap(\.self) { tally.add(part) }
    try keep(tally.report, as: "report.json")
    return tally
  }

  /// `pairs-000012`; the shard's file ends in `.tar`, its tally's in `.json`.
  private static func name(_ shard: Int) -> String {
    let digits = String(shard)
    return "pairs-" + String(repeating: "0", count: max(0, 6 - digits.count)) + digits
  }

  private func range(_ shard: Int) -> Range<Int> {
    (shard * settings.shardSize)..<min((shard + 1) * settings.shardSize, count)
  }

  private func write(_ shard: Int, workers: Int, progress: () -> Void) async throws -> PairTally {
    let name = Self.name(shard)
    let file = try PartialFile(folder.appending(path: name + ".tar"))
    var tally = PairTally()
    try await inOrder(range(shard), workers: workers) { [source] in
      try source.outcome(of: $0)
    } take: { outcome in
      switch outcome {
      case .made(let choice, let maskShare, let files):
        for (name, bytes) in files { try file.write(Tar.entry(name, bytes)) }
        tally.add(choice, maskShare: maskShare)
      case .skipped(let problem): tally.add(problem)
      }
      progress()
    }
    try file.write(Tar.end)
    // First the tally: a shard that is there has one.
    try keep(tally.json, as: name + ".json")
    try file.commit()
    return tally
  }

  /// The tally of a shard that an earlier run has finished.
  private func kept(_ name: String) throws -> PairTally? {
    guard FileManager.default.fileExists(atPath: folder.appending(path: name + ".tar").path) else {
      return nil
    }
    return try read(name + ".json").flatMap(PairTally.init(json:))
  }

  /// Notes what the folder's pairs are made of, or checks it against what an earlier run has noted.
  private func claim() throws {
    let members = ["annotations": JSONValue.string(annotations.description)]
    let own = JSONValue.object((settings.json.object ?? [:]).merging(members) { $1 })
    guard let noted = try read("settings.json") else { return try keep(own, as: "settings.json") }
    guard noted != own else { return }
    let names = Set((own.object ?? [:]).keys).union((noted.object ?? [:]).keys)
    let differing = names.filter { own[$0] != noted[$0] }.sorted().joined(separator: ", ")
    throw ShardError(
      "\(folder.path) holds pairs of other settings (\(differing)); take another folder, or the settings in its "
        + "settings.json")
  }

  private func read(_ name: String) throws -> JSONValue? {
    let file = folder.appending(path: name)
    guard FileManager.default.fileExists(atPath: file.path) else { return nil }
    return try? JSONValue(parsing: String(contentsOf: file, encoding: .utf8))
  }

  private func keep(_ json: JSONValue, as name: String) throws {
    try AtomicFile(folder.appending(path: name)).write(Data(JSONWriter.pretty(json).utf8))
  }
}

package import Foundation
package import Foundations
import SystemPackage

/// Writes training pairs as WebDataset shards: tar files in which the entries of one pair share a key.
///
/// A pair is `KEY.scene.png` (grey in the hole), `KEY.reference.png` (changed), `KEY.mask.png` (white in the hole),
/// `KEY.target.png` or `.jpg`, and `KEY.json` (every random choice). Which pairs a shard holds follows from the
/// annotations alone, and each pair has a seed of its own; so shards are the same bytes with any number of workers,
/// and a run that was interrupted goes on with the next missing one. A shard that is damaged is made anew, and so is one
/// that lacks a pair whose picture can be had by now.
package struct PairShards: Sendable {
  var source: PairSource
  private let annotations: ContentDigest
  private let folder: URL
  private let settings: PairSettings

  /// Pairs yet to be written.
  /// - Parameters:
  ///   - table: the boxes.
  ///   - annotations: digest of the file that they were read from.
  ///   - pictures: the folder that the pictures' paths begin in.
  ///   - folder: the shards' own; made if it is missing.
  package init(
    _ table: BoxTable, annotations: ContentDigest, pictures: URL, folder: URL, settings: PairSettings
  ) {
    source = PairSource(table: table, pictures: pictures, settings: settings)
    (self.annotations, self.folder, self.settings) = (annotations, folder, settings)
  }

  /// How many pairs there are to draw.
  package var count: Int { settings.count(pictures: source.table.pictures.count) }
  /// How many shards they fill.
  package var shardCount: Int { (count + settings.shardSize - 1) / settings.shardSize }

  /// What happens while shards are written.
  package enum Event: Sendable {
    /// So many of the pairs that this run has to draw are done, those skipped included.
    case progressed(done: Int, total: Int)
    /// A shard has appeared.
    case wrote(shard: String, PairTally)
    /// A shard was there already.
    case kept(shard: String)
    /// A shard was there already, and is made anew.
    case remakes(shard: String, reason: String)
  }

  /// Writes every shard that is not there yet, and `report.json`.
  /// - Parameter workers: pairs made at the same time.
  /// - Returns: what all shards hold, and what was skipped.
  /// - Throws: ``ShardError`` without pictures, and where the folder holds pairs of other settings; what writing meets;
  ///   `CancellationError`.
  package func write(workers: Int, events: (Event) -> Void) async throws -> PairTally {
    var isFolder: ObjCBool = false
    let pictures = source.pictures.path(percentEncoded: false)
    guard FileManager.default.fileExists(atPath: pictures, isDirectory: &isFolder), isFolder.boolValue else {
      throw ShardError("\(pictures) is no folder of pictures")
    }
    try FileSystem().createFolder(folder)
    guard let lock = try FileLock.takeIfFree(FilePath(folder)) else {
      throw ShardError("another process is writing pairs into \(folder.path(percentEncoded: false))")
    }
    defer { withExtendedLifetime(lock) {} }
    // Nobody else writes here, so all that is left was left by the dead.
    TemporaryName.removeLeftovers(in: folder)
    try claim()
    let names = (0..<shardCount).map(Self.name)
    var parts: [PairTally?] = []
    for name in names {
      switch try state(name) {
      case .absent: parts.append(nil)
      case .whole(let tally): parts.append(tally)
      case .lacking(let reason):
        parts.append(nil)
        events(.remakes(shard: name, reason: reason))
      }
    }
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
    let file = try AtomicFile(folder.appending(path: name + ".tar")).draft()
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

  private enum ShardState {
    case absent
    case whole(PairTally)
    /// It is there, but another would be made now.
    case lacking(String)
  }

  /// What an earlier run has left of a shard.
  private func state(_ name: String) throws -> ShardState {
    let file = folder.appending(path: name + ".tar")
    guard FileManager.default.fileExists(atPath: file.path) else { return .absent }
    guard let tally = try read(name + ".json").flatMap(PairTally.init(json:)) else {
      return .lacking("there is no tally of it")
    }
    do {
      let index = try TarIndex(Data(contentsOf: file, options: .alwaysMapped), file: name + ".tar")
      guard index.entries.count == PairSource.filesOfPair * tally.pairs else {
        return .lacking("it holds \(index.entries.count) files for \(tally.pairs) pairs")
      }
    } catch let error as ShardError {
      return .lacking("\(error)")
    }
    for problem in tally.problems {
      switch problem.reason {
      case .outOfReach: return .lacking("\(problem.picture) could not be read then: \(problem.detail)")
      case .missing
      where FileManager.default.fileExists(atPath: source.pictures.appending(path: problem.picture).path):
        return .lacking("\(problem.picture) was not there then")
      default: break
      }
    }
    return .whole(tally)
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

/// Shards that cannot be written, in words for the person who asked for them.
package struct ShardError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong, and what to do about it.
  package let description: String
  init(_ description: String) { self.description = description }
}

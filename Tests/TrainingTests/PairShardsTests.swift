import Foundation
import Foundations
import Imaging
import SystemPackage
import Testing

@testable import Training

@Suite("shards of training pairs")
struct PairShardsTests {
  /// Seven pictures with two boxes each, of which one picture is damaged, and one that lies outside the folder.
  static func furnish(_ folder: TemporaryFolder) throws -> BoxTable {
    var rows = ["ImageID,LabelName,XMin,XMax,YMin,YMax"]
    for index in 0..<7 {
      // A picture's format is recognized by its content.
      try folder.picture("p\(index).jpg", width: 60 + index, height: 50, salt: index)
      rows += ["p\(index),cup,0.2,0.7,0.3,0.8", "p\(index),dog,0.5,0.9,0.1,0.5"]
    }
    try Data(contentsOf: folder.file("p2.jpg")).prefix(900).write(to: folder.file("p2.jpg"))
    rows.append("../p1,cup,0.2,0.7,0.3,0.8")
    return try OpenImagesBoxes.read(
      folder.write(rows.joined(separator: "\n"), to: "boxes.csv"), BoxUse(area: 0.02...0.8))
  }

  static func shards(_ folder: TemporaryFolder, _ out: String, seed: Int = 1) throws -> PairShards {
    var settings = PairSettings()
    (settings.seed, settings.recipe.size, settings.shardSize, settings.draws) = (seed, 32, 5, 2)
    return PairShards(
      try furnish(folder), annotations: ContentDigest(of: Data("boxes".utf8)), pictures: folder.url,
      folder: folder.file(out), settings: settings)
  }

  static func files(_ folder: URL) throws -> [String: Data] {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    return try Dictionary(
      uniqueKeysWithValues: names.map { ($0, try Data(contentsOf: folder.appending(path: $0))) })
  }

  @Test("any number of workers gives the same bytes; damage is skipped and named")
  func workers() async throws {
    let folder = try TemporaryFolder()
    let tally = try await Self.shards(folder, "one").write(workers: 1) { _ in }
    _ = try await Self.shards(folder, "four").write(workers: 4) { _ in }
    let files = try Self.files(folder.file("one"))
    #expect(files == (try Self.files(folder.file("four"))))
    // Two draws of eight pictures in shards of five.
    #expect(files.keys.filter { $0.hasSuffix(".tar") }.count == 4)
    #expect(tally.pairs == 12 && tally.skipped == [.unreadable: 4])
    #expect(Set(tally.problems.map(\.picture)) == ["p2.jpg", "../p1.jpg"])
    #expect(tally.problems.contains { $0.detail.contains("leads out of the folder") })
    let report = try JSONValue(parsing: String(decoding: files["report.json"] ?? Data(), as: UTF8.self))
    #expect(report["pairs"] == 12 && report["skipped"]?["unreadable"] == 4)
  }

  @Test("the two draws of a picture differ; another seed gives other pairs")
  func draws() async throws {
    let folder = try TemporaryFolder()
    _ = try await Self.shards(folder, "one").write(workers: 2) { _ in }
    _ = try await Self.shards(folder, "two", seed: 2).write(workers: 2) { _ in }
    let (one, two) = (try Self.files(folder.file("one")), try Self.files(folder.file("two")))
    #expect(one["pairs-000000.tar"] != two["pairs-000000.tar"])
    let source = PairSource(
      table: try Self.furnish(folder), pictures: folder.url, settings: PairSettings())
    guard case .made(let first, _, _) = try source.outcome(of: 0),
      case .made(let second, _, _) = try source.outcome(of: 8)
    else {
      Issue.record("both draws of the first picture are pairs")
      return
    }
    #expect(first.seed != second.seed && first.picture == second.picture)
  }

  @Test("a run goes on with the missing shards and leaves the others alone; its end is the same")
  func resumes() async throws {
    let folder = try TemporaryFolder()
    let whole = try await Self.shards(folder, "out").write(workers: 2) { _ in }
    let files = try Self.files(folder.file("out"))
    // As after a kill: a shard and the report are missing, half a shard lies under its hidden name.
    for name in ["pairs-000002.tar", "pairs-000002.json", "report.json"] {
      try FileManager.default.removeItem(at: folder.file("out/\(name)"))
    }
    try Data("half".utf8).write(to: folder.file("out/\(TemporaryName.make(extension: "tar"))"))
    var (kept, wrote, last): ([String], [String], [Int]) = ([], [], [])
    let again = try await Self.shards(folder, "out").write(workers: 2) { event in
      switch event {
      case .kept(let shard): kept.append(shard)
      case .wrote(let shard, _): wrote.append(shard)
      case .progressed(let done, let total): last = [done, total]
      case .remakes(let shard, let reason): Issue.record("\(shard): \(reason)")
      }
    }
    #expect(wrote == ["pairs-000002"] && kept == ["pairs-000000", "pairs-000001", "pairs-000003"])
    #expect(last == [5, 5], "what was there already is no progress")
    #expect(again == whole)
    #expect(try Self.files(folder.file("out")) == files)
  }

  @Test("a shard that was cut, or lost a file of a pair, is made anew", arguments: [1, 700, 20_000])
  func cutShard(bytes: Int) async throws {
    let folder = try TemporaryFolder()
    _ = try await Self.shards(folder, "out").write(workers: 2) { _ in }
    let files = try Self.files(folder.file("out"))
    let shard = folder.file("out/pairs-000001.tar")
    try Data(contentsOf: shard).dropLast(bytes + 1024).write(to: shard)
    var remade: [String] = []
    _ = try await Self.shards(folder, "out").write(workers: 2) {
      if case .remakes(let shard, _) = $0 { remade.append(shard) }
    }
    #expect(remade == ["pairs-000001"])
    #expect(try Self.files(folder.file("out")) == files)
  }

  @Test("a picture that was missing or out of reach leaves a hole only until the next run that can read it")
  func passingFaults() async throws {
    let folder = try TemporaryFolder()
    let straight = try await Self.shards(folder, "straight").write(workers: 2) { _ in }
    let (picture, away) = (folder.file("p4.jpg"), folder.file("away"))
    // `furnish` would make it again.
    var shards = try Self.shards(folder, "out")
    for reason in [FileError.Reason.permissionDenied, .tooManyOpenFiles, .mediumFailure] {
      shards.source.files = FileSystem { _, path in path.hasSuffix("p4.jpg") ? reason : nil }
      let without = try await shards.write(workers: 2) { _ in }
      #expect(without.skipped[.outOfReach] == 2 && without.pairs == straight.pairs - 2)
      #expect(without.problems.contains { $0.picture == "p4.jpg" && $0.reason == .outOfReach })
    }
    shards.source.files = FileSystem()
    try FileManager.default.moveItem(at: picture, to: away)
    let missing = try await shards.write(workers: 2) { _ in }
    #expect(missing.skipped[.missing] == 2 && missing.skipped[.outOfReach] == nil)
    try FileManager.default.moveItem(at: away, to: picture)
    #expect(try await shards.write(workers: 2) { _ in } == straight)
    for name in try Self.files(folder.file("straight")).keys {
      #expect(
        try Data(contentsOf: folder.file("out/\(name)")) == Data(contentsOf: folder.file("straight/\(name)")))
    }
  }

  @Test("pairs of other settings are not mixed in, and nobody else may write at the same time")
  func refusals() async throws {
    let folder = try TemporaryFolder()
    _ = try await Self.shards(folder, "out").write(workers: 2) { _ in }
    let other = await #expect(throws: ShardError.self) {
      try await Self.shards(folder, "out", seed: 9).write(workers: 2) { _ in }
    }
    #expect(other?.description.contains("(seed)") == true)
    let lock = try #require(try FileLock.takeIfFree(FilePath(folder.file("out"))))
    let busy = await #expect(throws: ShardError.self) {
      try await Self.shards(folder, "out").write(workers: 2) { _ in }
    }
    #expect(busy?.description.contains("another process") == true)
    withExtendedLifetime(lock) {}
  }

  @Test("a JPEG with damaged data is skipped, though a decoder would go on with grey")
  func damagedJPEG() throws {
    let folder = try TemporaryFolder()
    let table = try Self.furnish(folder)
    var bytes = try PairTests.image().encoded(as: .jpeg)
    let source = PairSource(table: table, pictures: folder.url, settings: PairSettings())
    try Data(bytes).write(to: folder.file("p0.jpg"))
    guard case .made = try source.outcome(of: 0) else {
      Issue.record("the whole JPEG gives a pair")
      return
    }
    for index in stride(from: bytes.count / 2, to: bytes.count - 2, by: 3) { bytes[index] ^= 0x55 }
    try Data(bytes).write(to: folder.file("p0.jpg"))
    guard case .skipped(let problem) = try source.outcome(of: 0) else {
      Issue.record("the damaged JPEG gives none")
      return
    }
    #expect(problem.reason == .unreadable && problem.picture == "p0.jpg")
  }

  @Test("values are taken in order, and few wait", arguments: [1, 3, 8])
  func order(_ workers: Int) async throws {
    var taken: [Int] = []
    try await inOrder(5..<60, workers: workers) { index in
      // Later values are ready first.
      usleep(UInt32(60 - index) * 20)
      return index
    } take: {
      taken.append($0)
    }
    #expect(taken == Array(5..<60))
  }
}

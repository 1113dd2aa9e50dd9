import Foundation
import Imaging
import Foundations
import Testing

@testable import Training

@Suite("training data out of shards")
struct ShardDataTests {
  @Test("pairs come back as they were written, in the order of shards")
  func pairs() async throws {
    let folder = try TemporaryFolder()
    let tally = try await PairShardsTests.shards(folder, "shards").write(workers: 2) { _ in }
    let data = try ShardData(folder.file("shards"), seed: 1)
    #expect(data.count == tally.pairs && data.size == 32)
    let pair = try data.pair(3)
    #expect(pair.scene.width == 32 && pair.mask.bands == 1 && pair.reference.width == 224)
    // Outside the hole, scene and target are the same.
    let hole = try pair.mask.pixels(as: UInt8.self)
    let (scene, target) = (try pair.scene.pixels(as: UInt8.self), try pair.target.pixels(as: UInt8.self))
    let kept = hole.indices.filter { hole[$0] == 0 }
    #expect(!kept.isEmpty && kept.allSatisfy { scene[3 * $0..<3 * $0 + 3] == target[3 * $0..<3 * $0 + 3] })
    #expect(data.wrapped(tally.pairs + 3) == 3)
    let (first, second) = try data.views(3)
    #expect(try first.hasSamePixels(as: pair.reference))
    #expect(second.width == 224 && second.height == 224)
  }

  @Test("a damaged shard is named with the byte; a folder without shards, and a pair without a mask, too")
  func damage() async throws {
    let folder = try TemporaryFolder()
    _ = try await PairShardsTests.shards(folder, "shards").write(workers: 2) { _ in }
    let file = folder.file("shards/pairs-000000.tar")
    let whole = try Data(contentsOf: file)
    try whole.prefix(whole.count / 2).write(to: file)
    #expect(throws: ShardError.self) { _ = try ShardData(folder.file("shards"), seed: 1) }
    var damaged = whole
    damaged[10] ^= 0xFF
    try damaged.write(to: file)
    #expect { try ShardData(folder.file("shards"), seed: 1) } throws: {
      "\($0)".hasPrefix("pairs-000000.tar: byte 0: this is no header")
    }
    #expect { try ShardData(folder.url, seed: 1) } throws: { "\($0)".contains("holds no shards") }
    let lone = try Tar.entry("7.scene.png", [1, 2, 3]) + Tar.entry("7.reference.png", [1]) + Tar.end
    try FileManager.default.createDirectory(at: folder.file("lone"), withIntermediateDirectories: true)
    try Data(lone).write(to: folder.file("lone/a.tar"))
    #expect { try ShardData(folder.file("lone"), seed: 1) } throws: {
      "\($0)" == "a.tar: the pair 7 has no mask.png"
    }
  }

  @Test("an index finds what the writer wrote, and long names in ustar's two parts")
  func index() throws {
    let bytes = try Tar.entry("a", [1, 2, 3]) + Tar.entry("b/c", []) + Tar.end
    let entries = try TarIndex(Data(bytes), file: "x.tar").entries
    #expect(entries.map(\.name) == ["a", "b/c"])
    #expect(entries.map(\.range) == [512..<515, 1536..<1536])
    #expect(throws: ShardError.self) { _ = try TarIndex(Data(bytes.dropLast(1024)), file: "x.tar") }
  }
}

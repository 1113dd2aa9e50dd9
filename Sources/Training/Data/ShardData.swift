package import Foundation
package import Imaging
package import Foundations

/// Examples out of shards of training pairs, as `pipeline-run pairs` writes them.
package struct ShardData: TrainingData {
  private struct Files: Sendable {
    var shard: Int
    /// Ranges in the shard by what follows the key: `scene.png`, `target.jpg` …
    var ranges: [String: Range<Int>]
  }

  private let names: [String]
  private let shards: [Data]
  private let pairs: [Files]
  private let augmentation: ReferenceAugmentation
  private let seed: Int
  /// Width and height of scenes in pixels.
  package let size: Int
  /// All that decides the examples.
  package let identity: JSONValue

  /// Opens the shards in a folder, `*.tar`.
  ///
  /// - Parameter seed: fixes what is random about `views`.
  /// - Throws: `ShardError` naming the shard that is damaged, and the pair that lacks a picture; what reading meets.
  package init(_ folder: URL, seed: Int) throws {
    self.seed = seed
    let path = folder.path(percentEncoded: false)
    guard let found = try? FileManager.default.contentsOfDirectory(atPath: path) else {
      throw ShardError("\(path) is no folder of shards")
    }
    names = found.filter { $0.hasSuffix(".tar") && !$0.hasPrefix(".") }.sorted()
    guard !names.isEmpty else { throw ShardError("\(path) holds no shards (*.tar)") }
    shards = try names.map { try Data(ofFile: folder.appending(path: $0), options: .alwaysMapped) }
    pairs = try Self.pairs(shards, names)
    guard let first = pairs.first else { throw ShardError("the shards in \(path) hold no pairs") }
    let scene = try Self.picture("scene.png", first, shards, names)
    let reference = try Self.picture("reference.png", first, shards, names)
    guard scene.width == scene.height else {
      throw ShardError("\(names[0]): its pairs are \(scene.width)×\(scene.height), not square")
    }
    size = scene.width
    augmentation = PairRecipe.scaled(size: size, referenceSize: reference.width).augmentation
    // Sizes, for reading hundreds of gigabytes takes hours.
    let sizes = zip(names, shards).map { JSONValue.array([.string($0), JSONValue($1.count)]) }
    identity = ["shards": .array(sizes), "seed": JSONValue(seed)]
  }

  /// How many pairs the shards hold.
  package var count: Int? { pairs.count }

  /// The pair as it was written.
  package func pair(_ index: Int) throws -> Pair {
    let files = pairs[index]
    let target = files.ranges["target.png"] == nil ? "target.jpg" : "target.png"
    return Pair(
      scene: try checked("scene.png", files), reference: try picture("reference.png", files),
      mask: try checked("mask.png", files), target: try checked(target, files))
  }

  /// The target.
  package func picture(_ index: Int) throws -> Image { try pair(index).target }

  /// The reference as it was written, and the target's part behind the mask, changed at random.
  package func views(_ index: Int) throws -> (Image, Image) {
    let pair = try pair(index)
    guard let hole = try pair.mask.boundsOfNonzero() else {
      throw ShardError("\(names[pairs[index].shard]): the mask of pair \(index) is empty")
    }
    let seed = PairRecipe.seed(seed, picture: "\(index)", draw: 1)
    let object = try pair.target.cropped(x: hole.x, y: hole.y, width: hole.width, height: hole.height)
    return (pair.reference, try augmentation.applied(augmentation.choice(seed: seed), to: object))
  }

  private static func pairs(_ shards: [Data], _ names: [String]) throws -> [Files] {
    var pairs: [Files] = []
    for (shard, archive) in shards.enumerated() {
      var keys: [String] = []
      var ranges: [String: [String: Range<Int>]] = [:]
      for entry in try TarIndex(archive, file: names[shard]).entries {
        let point = entry.name.firstIndex(of: ".") ?? entry.name.endIndex
        let (key, rest) = (String(entry.name[..<point]), String(entry.name[point...].dropFirst()))
        if ranges[key] == nil { keys.append(key) }
        ranges[key, default: [:]][rest] = entry.range
      }
      for key in keys {
        let found = ranges[key]!
        for needed in ["scene.png", "reference.png", "mask.png"] where found[needed] == nil {
          throw ShardError("\(names[shard]): the pair \(key) has no \(needed)")
        }
        guard found["target.png"] != nil || found["target.jpg"] != nil else {
          throw ShardError("\(names[shard]): the pair \(key) has no target.png or target.jpg")
        }
        pairs.append(Files(shard: shard, ranges: found))
      }
    }
    return pairs
  }

  private func picture(_ name: String, _ files: Files) throws -> Image {
    try Self.picture(name, files, shards, names)
  }

  private func checked(_ name: String, _ files: Files) throws -> Image {
    let image = try picture(name, files)
    guard image.width == size, image.height == size else {
      throw ShardError(
        "\(names[files.shard]): \(name) is \(image.width)×\(image.height), others \(size)×\(size)")
    }
    return image
  }

  private static func picture(_ name: String, _ files: Files, _ shards: [Data], _ names: [String]) throws
    -> Image
  {
    let shard = shards[files.shard]
    let range = files.ranges[name]!
    let bytes = [UInt8](shard[shard.startIndex + range.lowerBound..<shard.startIndex + range.upperBound])
    return try Image.load(from: bytes, name: "\(names[files.shard]): \(name)").inMemory()
  }
}

import Diffusion
import Foundation
import Imaging
import Foundations
import Tensors

/// What a denoiser learns a pair from, as far as frozen networks make it.
struct EncodedPair: Sendable {
  /// The target's latents, `[channels, height, width]`, flat, times the scaling factor.
  var latent: [Float]
  /// Those of the scene with grey in the hole.
  var masked: [Float]
  /// `[height, width]`, 1 = keep.
  var keep: [Float]
  /// What the vision tower says of the reference, `[tokens, width]`, flat.
  var token: [Float]
}

/// Which latents of a target a denoiser learns to paint.
package enum TargetLatents: String, Sendable, Hashable, Codable, CaseIterable {
  /// Drawn from the autoencoder's posterior, as the paper's code does.
  case sample
  /// The posterior's mean: less to learn where an autoencoder leaves much noise in its latents.
  case mean
}

/// Encoded pairs on disk, in half precision: they are made when they are first needed, and kept, for the autoencoder
/// and the vision tower are frozen.
///
/// A part of the cache is a `.safetensors` file of `partSize` pairs, which appears whole or not at all; so a training
/// that was interrupted goes on with the parts that there are. A part that could not be made is tried again when it is
/// next asked for, and a damaged file is made anew.
actor LatentCache {
  /// Pairs of a part.
  static let partSize = 256

  private let data: any TrainingData
  private let encoding: PairEncoding
  private let folder: URL
  private let count: Int
  private var parts: [Int: Task<Checkpoint, any Error>] = [:]

  /// - Parameters:
  ///   - count: pairs in all.
  ///   - folder: of the training. Pairs of other data or models have other folders in it.
  init(_ data: any TrainingData, _ encoding: PairEncoding, count: Int, identity: JSONValue, folder: URL)
    throws
  {
    (self.data, self.encoding, self.count) = (data, encoding, count)
    let digest = ContentDigest(of: JSONWriter.canonical(identity)).description
    let name = digest.split(separator: ":").last.map { String($0.prefix(16)) } ?? digest
    self.folder = folder.appending(path: "latents/\(name)", directoryHint: .isDirectory)
    try FileSystem().createFolder(self.folder)
  }

  /// A pair.
  nonisolated func pair(_ index: Int) async throws -> EncodedPair {
    let part = try await part(index / Self.partSize)
    let row = index % Self.partSize
    return EncodedPair(
      latent: part.row(row, "latent"), masked: part.row(row, "masked"), keep: part.row(row, "keep"),
      token: part.row(row, "token"))
  }

  /// A part, made if there is none. The next one is then begun, too: at first parts are asked for in their order.
  private func part(_ number: Int) async throws -> Checkpoint {
    if let part = parts[number] { return try await part.value }
    let part = begin(number)
    if parts[number + 1] == nil, (number + 1) * Self.partSize < count { _ = begin(number + 1) }
    return try await part.value
  }

  private func begin(_ number: Int) -> Task<Checkpoint, any Error> {
    let path = folder.appending(path: "part-\(number).safetensors").path(percentEncoded: false)
    let indices = number * Self.partSize..<min((number + 1) * Self.partSize, count)
    let making = Task { [data, encoding] in
      do {
        return try await Self.part(at: path, indices, data, encoding)
      } catch {
        forget(number)
        throw error
      }
    }
    parts[number] = making
    return making
  }

  /// What failed may have failed in passing.
  private func forget(_ number: Int) { parts[number] = nil }

  /// The part in a file, made if there is none.
  private static func part(
    at path: String, _ indices: Range<Int>, _ data: any TrainingData, _ encoding: PairEncoding
  ) async throws -> Checkpoint {
    if FileManager.default.fileExists(atPath: path), let part = try opened(path, pairs: indices.count) {
      return part
    }
    try keep(await encoded(indices, data, encoding), at: path)
    guard let part = try opened(path, pairs: indices.count) else {
      throw TrainingError("\(path) does not hold what was just written to it")
    }
    return part
  }

  // Not inlined: Swift 6.3's optimizer crashes on typed errors in a task's coroutine.
  @inline(never)
  private static func keep(_ part: Checkpoint, at path: String) throws {
    try part.write(to: path, as: .float16)
  }

  /// The part in a file; nil when it is damaged, or of another number of pairs.
  @inline(never)
  private static func opened(_ path: String, pairs: Int) throws -> Checkpoint? {
    do {
      let part = try Checkpoint(contentsOf: path)
      return tensorNames.allSatisfy { part[$0]?.shape.first == pairs } ? part : nil
    } catch {
      if error.reason == .unreadable { throw error }
      return nil
    }
  }

  private static let tensorNames = ["latent", "masked", "keep", "token"]

  private static func encoded(
    _ indices: Range<Int>, _ data: any TrainingData, _ encoding: PairEncoding
  ) async throws -> Checkpoint {
    var pairs: [EncodedPair] = []
    // Some at a time: pictures are larger than latents.
    for start in stride(from: indices.lowerBound, to: indices.upperBound, by: 32) {
      let batch = start..<min(start + 32, indices.upperBound)
      let prepared = try await examples(batch.count) { place in
        try encoding.prepared(data.pair(data.wrapped(batch.lowerBound + place)), index: start + place)
      }
      pairs += try await encoding.encoded(prepared)
    }
    return try checkpoint(pairs)
  }

  @inline(never)
  private static func checkpoint(_ pairs: [EncodedPair]) throws -> Checkpoint {
    let tensor = { (values: (EncodedPair) -> [Float]) throws in
      try CheckpointTensor(
        Tensor(pairs.flatMap(values), shape: [pairs.count, values(pairs[0]).count]))
    }
    return Checkpoint(tensors: [
      "latent": try tensor(\.latent), "masked": try tensor(\.masked), "keep": try tensor(\.keep),
      "token": try tensor(\.token),
    ])
  }
}

extension Checkpoint {
  fileprivate func row(_ index: Int, _ name: String) -> [Float] {
    self[name]!.rows(index..<index + 1).floats()!
  }
}

/// The frozen networks' part of the way from a pair to a loss.
///
/// A class, for Swift 6.3's optimizer crashes on these structs in a coroutine's frame.
final class PairEncoding: Sendable {
  let coding: LatentCoding
  let encoding: ExemplarEncoding
  let preprocessing: ImagePreprocessing
  let tokens: ExemplarTokens
  let target: TargetLatents
  let seed: Int

  init(
    coding: LatentCoding, encoding: ExemplarEncoding, preprocessing: ImagePreprocessing,
    tokens: ExemplarTokens, target: TargetLatents = .sample, seed: Int
  ) {
    (self.coding, self.encoding, self.preprocessing) = (coding, encoding, preprocessing)
    (self.tokens, self.target, self.seed) = (tokens, target, seed)
  }

  /// Encodes pairs; latents of scenes with a hole are drawn from the autoencoder's posterior, as they are in use.
  func encoded(_ pairs: [PreparedPair]) async throws -> [EncodedPair] {
    let latents = try await coding.encode(pairs.map(\.target), noise: pairs.flatMap(\.targetNoise))
    let masked = try await coding.encode(pairs.map(\.hidden), noise: pairs.flatMap(\.hiddenNoise))
    let exemplars = Tensor(
      pairs.flatMap(\.exemplar.floats), shape: [pairs.count] + pairs[0].exemplar.shape.dropFirst())
    let encoded = try await encoding.token(exemplars, tokens: tokens).floats
    return pairs.indices.map { index in
      EncodedPair(
        latent: latents.part(index, of: pairs.count), masked: masked.part(index, of: pairs.count),
        keep: pairs[index].keep, token: encoded.part(index, of: pairs.count))
    }
  }

  /// What networks are given of a pair.
  func prepared(_ pair: Pair, index: Int) throws -> PreparedPair {
    let picture = try pair.target.planes()
    let keep = try KeepMask(pair.mask)
    let count = coding.channels * (picture.width / coding.scale) * (picture.height / coding.scale)
    var random = StepRandom(seed: seed, step: index, micro: 0, purpose: "posterior")
    let drawn = random.normal(count: count)
    return PreparedPair(
      target: picture,
      // As in use: grey where the mask at its threshold says so, without the scene's soft edge.
      hidden: picture.multiplied(by: keep.values),
      keep: keep.resampled(scale: coding.scale, by: .nearest),
      exemplar: try preprocessing.exemplar(pair.reference, size: encoding.imageSize),
      targetNoise: target == .sample ? drawn : drawn.map { _ in 0 }, hiddenNoise: random.normal(count: count))
  }
}

/// Of a pair, what networks are given, and the noise that its latents are drawn with.
struct PreparedPair: Sendable {
  var target: PixelPlanes
  var hidden: PixelPlanes
  var keep: [Float]
  var exemplar: Tensor
  var targetNoise: [Float]
  var hiddenNoise: [Float]
}

extension [Float] {
  /// One of `count` equal parts.
  fileprivate func part(_ index: Int, of count: Int) -> [Float] {
    let size = self.count / count
    return Array(self[index * size..<(index + 1) * size])
  }
}

extension KeepMask {
  /// A pair's mask, at the threshold that pictures are painted with.
  init(_ mask: Image) throws {
    self = try mask.withPixels(as: UInt8.self) {
      KeepMask(holes: $0, width: mask.width, height: mask.height, threshold: 0.5)
    }
  }
}

public import Foundation
import Diffusion

/// Opens damaged checkpoints and configurations until it is asked to stop. Whatever happens must be a value or
/// a `CheckpointError`; a crash ends the process, with the damaged file left where `scratch` says.
public struct CheckpointFuzzer {
  /// How often each thing happened: `accepted`, or the reason of a refusal.
  public private(set) var outcomes: [String: Int] = [:]
  /// Files tried.
  public private(set) var count = 0

  private var mutator: Mutator
  private let seeds: [Seed]
  private let scratch: URL
  /// A sound tokenizer, of whose files one is damaged at a time.
  private let tokenizer: URL

  private struct Seed {
    var ending: String
    var data: Data
  }

  /// A fuzzer over the fixtures of a folder.
  ///
  /// - Parameters:
  ///   - fixtures: where `.safetensors`, `.bin`, `.ckpt`, `.json` and `.txt` files lie.
  ///   - scratch: a folder for the damaged files.
  ///   - seed: of the damage; the same seed damages in the same ways.
  public init(fixtures: URL, scratch: URL, seed: UInt64) throws {
    self.scratch = scratch
    tokenizer = fixtures.appending(path: "prompts/plain")
    mutator = Mutator(seed: seed)
    let names = FileManager.default.enumerator(atPath: fixtures.path)?.compactMap { $0 as? String } ?? []
    let endings: Set = ["safetensors", "bin", "ckpt", "json", "txt"]
    seeds = try names.sorted().compactMap { name in
      let url = fixtures.appending(path: name)
      guard endings.contains(url.pathExtension) else { return nil }
      let data = try Data(contentsOf: url)
      return data.count < 20_000 ? Seed(ending: url.pathExtension, data: data) : nil
    }
  }

  /// Tries one damaged file.
  public mutating func step() throws {
    count += 1
    let seed = mutator.pick(seeds)
    let other = mutator.pick(seeds).data
    let data = damage(seed, with: other)
    let file = scratch.appending(path: "case.\(seed.ending)")
    try data.write(to: file)
    let outcome: String
    do {
      try open(file.path, ending: seed.ending)
      outcome = "accepted"
    } catch let error as CheckpointError {
      outcome = error.reason.rawValue
    }
    outcomes[outcome, default: 0] += 1
  }

  private mutating func damage(_ seed: Seed, with other: Data) -> Data {
    switch (seed.ending, mutator.below(3)) {
    case ("safetensors", 0): return damagedHeader(seed.data, with: other)
    case ("bin", 0), ("ckpt", 0): return damagedPickle(seed.data, with: other)
    default: return mutator.damage(seed.data, with: other)
    }
  }

  /// Damages a `.safetensors` header only, with its length put right.
  private mutating func damagedHeader(_ data: Data, with other: Data) -> Data {
    let length = Int(data[0]) | Int(data[1]) << 8 | Int(data[2]) << 16
    let header = mutator.damage(data[8..<8 + length], with: other)
    let prefix = (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) }
    return Data(prefix) + header + data[(8 + length)...]
  }

  /// Damages the pickle only, in an archive that is sound.
  private mutating func damagedPickle(_ data: Data, with other: Data) -> Data {
    guard let start = data.firstRange(of: Data([0x80, 2]))?.lowerBound,
      let end = data.firstRange(of: Data([0x50, 0x4B]), in: start..<data.count)?.lowerBound
    else { return mutator.damage(data, with: other) }
    let pickle = mutator.damage(data[start..<end], with: other)
    let storages = (0..<16).map { ("\($0)", Data(count: [96, 48, 24, 16, 8, 4][$0 % 6])) }
    return ZipBuilder(pickle: pickle, storages: Dictionary(uniqueKeysWithValues: storages)).data
  }

  /// Opens a file and uses everything in it.
  private func open(_ path: String, ending: String) throws {
    switch ending {
    case "json": return try openConfiguration(path)
    case "txt": return try openTokenizer(path, as: "merges.txt")
    default: break
    }
    let checkpoint = try Checkpoint(contentsOf: path)
    var sum: UInt8 = 0
    for tensor in checkpoint.tensors.values {
      tensor.withBytes { bytes in for byte in bytes { sum ^= byte } }
      _ = tensor.floats()
    }
    _ = checkpoint.withCurrentVAENames().withCurrentNames(of: .vision)
    _ = try OriginalLayout(checkpoint)
  }

  /// Reads a file as each kind of configuration in turn.
  private func openConfiguration(_ path: String) throws {
    let readers: [(String) throws -> Void] = [
      { _ = try UNetConfiguration(contentsOf: $0) },
      { _ = try AutoencoderConfiguration(contentsOf: $0) },
      { _ = try CLIPVisionConfiguration(contentsOf: $0) },
      { _ = try ImagePreprocessing(contentsOf: $0) },
      { _ = try CLIPTextConfiguration(contentsOf: $0) },
      { try openTokenizer($0, as: "vocab.json") },
      { try openTokenizer($0, as: "special_tokens_map.json") },
      { try openTokenizer($0, as: "tokenizer.json") },
      { _ = try Checkpoint(contentsOf: $0) },
      { path in
        let configuration = try SchedulerConfiguration(contentsOf: path)
        var sampler = try? configuration.makeSampler(steps: min(7, configuration.trainStepCount))
        var generator = TorchGenerator(seed: 1)
        _ = sampler?.step([0.5], latents: [1], generator: &generator)
      },
    ]
    var refusal: (any Error)?
    for read in readers {
      do { try read(path) } catch { refusal = error }
    }
    if let refusal { throw refusal }
  }

  /// Reads a file in the place of one of a tokenizer's, and takes a prompt apart.
  private func openTokenizer(_ path: String, as name: String) throws {
    let folder = scratch.appending(path: "tokenizer")
    try? FileManager.default.removeItem(at: folder)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    // A tokenizer.json counts where nothing else is.
    for other in ["vocab.json", "merges.txt"] where other != name && name != "tokenizer.json" {
      try FileManager.default.createSymbolicLink(
        at: folder.appending(path: other), withDestinationURL: tokenizer.appending(path: other))
    }
    try FileManager.default.createSymbolicLink(
      atPath: folder.appending(path: name).path, withDestinationPath: path)
    let tokenizer = try CLIPTokenizer(folder: folder.path)
    _ = tokenizer.prompt("The cat’s 12 ﬁnest\n\u{301} 猫 <|endoftext|>!", length: 9)
  }
}

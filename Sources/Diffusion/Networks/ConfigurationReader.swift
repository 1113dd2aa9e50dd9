/// A network's `config.json` that this package cannot follow. Every fault is listed.
public struct InvalidConfiguration: Error, Sendable, Hashable, CustomStringConvertible {
  /// The network: `UNet2DConditionModel`.
  public let network: String
  /// What is missing, mistyped or not supported, by key.
  public let faults: [String]

  /// `UNet2DConditionModel's config.json: …; …`.
  public var description: String { "\(network)'s config.json: \(faults.joined(separator: "; "))" }
}

/// Reads a `config.json`, whose missing and null keys mean the library's own defaults, and collects all faults.
struct ConfigurationReader {
  private let container: KeyedDecodingContainer<Key>
  private let network: String
  private var faults: [String] = []

  struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  init(_ decoder: any Decoder, network: String) throws {
    container = try decoder.container(keyedBy: Key.self)
    self.network = network
  }

  /// The value of a key, or the default when it is missing or null.
  mutating func value<Value: Decodable>(_ key: String, default fallback: Value) -> Value {
    do {
      return try container.decodeIfPresent(Value.self, forKey: Key(stringValue: key)) ?? fallback
    } catch {
      faults.append("'\(key)' is not \(Value.self == Int.self ? "an integer" : "of the expected type")")
      return fallback
    }
  }

  /// A count: channels, layers, groups. At least 1, and at most what no network exceeds.
  mutating func count(_ key: String, default fallback: Int) -> Int {
    checked([value(key, default: fallback)], key)[0]
  }

  /// Channels of every block, of which there are 1 to 16.
  mutating func counts(_ key: String, default fallback: [Int]) -> [Int] {
    let counts = value(key, default: fallback)
    guard (1...16).contains(counts.count) else {
      faults.append("'\(key)' has \(counts.count) values; 1 to 16 are supported")
      return fallback
    }
    return checked(counts, key)
  }

  private mutating func checked(_ counts: [Int], _ key: String) -> [Int] {
    counts.map { count in
      if (1...Self.largestCount).contains(count) { return count }
      faults.append("'\(key)' is \(count); it must be 1 to \(Self.largestCount)")
      return 1
    }
  }

  /// Keeps every product of dimensions far from overflow.
  private static let largestCount = 1 << 14

  /// One number for every block: the file has one for all or a list.
  mutating func perBlock(_ key: String, default fallback: Int, blocks: Int) -> [Int] {
    let value = value(key, default: OneOrMany(values: [fallback]))
    let counts = checked(value.values, key)
    if counts.count == 1 { return Array(repeating: counts[0], count: blocks) }
    if counts.count != blocks { faults.append("'\(key)' has \(counts.count) values for \(blocks) blocks") }
    return counts
  }

  /// A setting of which only some values are supported.
  mutating func expect<Value: Decodable & Equatable>(
    _ key: String, _ supported: Value..., default fallback: Value
  ) {
    let value = value(key, default: fallback)
    if !supported.contains(value) {
      faults.append("'\(key)' is \(value); supported: \(supported)")
    }
  }

  /// A setting that must be missing, null or false.
  mutating func expectNone(_ key: String) {
    let key = Key(stringValue: key)
    guard container.contains(key), (try? container.decodeNil(forKey: key)) != true,
      (try? container.decode(Bool.self, forKey: key)) != false
    else { return }
    faults.append("'\(key.stringValue)' is not supported")
  }

  /// The nonlinearity a key names.
  mutating func activation(_ key: String, default fallback: String) -> Activation {
    let name = value(key, default: fallback)
    let known: [String: Activation] = [
      "silu": .swish, "swish": .swish, "gelu": .gelu, "quick_gelu": .quickGelu, "relu": .relu,
    ]
    if let activation = known[name] { return activation }
    faults.append("'\(key)' is '\(name)'; supported: \(known.keys.sorted())")
    return .swish
  }

  /// Notes a fault unless a condition holds.
  mutating func require(_ condition: Bool, _ fault: String) {
    if !condition { faults.append(fault) }
  }

  /// Throws what was found.
  func finish() throws(InvalidConfiguration) {
    if !faults.isEmpty { throw InvalidConfiguration(network: network, faults: faults) }
  }
}

private struct OneOrMany: Decodable {
  var values: [Int]

  init(values: [Int]) { self.values = values }

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    values = try (try? [container.decode(Int.self)]) ?? container.decode([Int].self)
  }
}

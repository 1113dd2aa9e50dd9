/// One of several processes that compute together, and where they find each other.
public struct ProcessPlace: Sendable, Hashable {
  /// Which process this is, from 0 on.
  public var rank: Int
  /// How many there are.
  public var count: Int
  /// Which one it is of those on its machine, from 0 on: the number of its GPU, say. Nil when the launcher does not tell.
  public var localRank: Int?
  /// The machine on which the processes leave their addresses for each other.
  public var host: String
  /// The port there.
  public var port: Int
  /// Whether something else listens there already, as torchrun does; else it is process 0 that will.
  public var isHosted: Bool
  /// Which start of the processes this is, from 0 on: torchrun starts all anew when one fails.
  public var attempt: Int

  /// The port that is taken where none is given: PyTorch's own.
  public static let defaultPort = 29_500

  /// A process among others.
  public init(
    rank: Int, count: Int, localRank: Int? = nil, host: String, port: Int = defaultPort,
    isHosted: Bool = false, attempt: Int = 0
  ) {
    (self.rank, self.count, self.localRank) = (rank, count, localRank)
    (self.host, self.port, self.isHosted, self.attempt) = (host, port, isHosted, attempt)
  }

  /// The place that a launcher gave this process; nil when it was started by itself.
  ///
  /// torchrun and what does as it does set `RANK`, `WORLD_SIZE`, `MASTER_ADDR`, `MASTER_PORT`, and `LOCAL_RANK`. Slurm's
  /// `srun` sets `SLURM_PROCID`, `SLURM_NTASKS` and `SLURM_LOCALID`; the processes then meet at `MASTER_ADDR`, else at
  /// the first machine of `SLURM_JOB_NODELIST`, where Slurm puts process 0, else at `SLURM_LAUNCH_NODE_IPADDR`; and at
  /// `MASTER_PORT`, else at `defaultPort`.
  ///
  /// - Parameter environment: the process's variables.
  /// - Throws: `InvalidPlace` with all that is missing or contradicts itself.
  public init?(environment: [String: String]) throws(InvalidPlace) {
    var reader = EnvironmentReader(environment)
    let isTorchrun = environment["RANK"] != nil || environment["WORLD_SIZE"] != nil
    guard isTorchrun || environment["SLURM_PROCID"] != nil else { return nil }
    let names =
      isTorchrun ? ("RANK", "WORLD_SIZE", "LOCAL_RANK") : ("SLURM_PROCID", "SLURM_NTASKS", "SLURM_LOCALID")
    let rank = reader.number(names.0, in: 0...Int(Int32.max))
    let count = reader.number(names.1, in: 1...Int(Int32.max))
    let localRank = environment[names.2].flatMap { _ in reader.number(names.2, in: 0...Int(Int32.max)) }
    let host = isTorchrun ? reader.word("MASTER_ADDR") : reader.slurmHost()
    let port =
      isTorchrun || environment["MASTER_PORT"] != nil
      ? reader.number("MASTER_PORT", in: 1...65_535) : Self.defaultPort
    let attempt =
      environment["TORCHELASTIC_RESTART_COUNT"].map { _ in
        reader.number("TORCHELASTIC_RESTART_COUNT", in: 0...Int(Int32.max))
      } ?? 0
    if let rank, let count, rank >= count {
      reader.faults.append(
        "\(names.0) is \(rank), but of \(names.1) = \(count) processes the last is \(count - 1)")
    }
    guard reader.faults.isEmpty, let rank, let count, let host, let port, let attempt else {
      throw InvalidPlace(faults: reader.faults)
    }
    self.init(
      rank: rank, count: count, localRank: localRank, host: host, port: port,
      isHosted: environment["TORCHELASTIC_USE_AGENT_STORE"] == "True", attempt: attempt)
  }
}

/// Variables of a launcher that do not tell a process's place, in words for whoever started it.
public struct InvalidPlace: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is missing or contradicts itself, each as a sentence without its full stop.
  public let faults: [String]

  /// All faults.
  public var description: String {
    "the environment does not tell this process's place among others: " + faults.joined(separator: "; ")
  }
}

/// Reads variables and collects what is wrong with them.
private struct EnvironmentReader {
  private let environment: [String: String]
  var faults: [String] = []

  init(_ environment: [String: String]) { self.environment = environment }

  mutating func word(_ name: String) -> String? {
    if let value = environment[name], !value.isEmpty { return value }
    faults.append("\(name) is not set")
    return nil
  }

  mutating func number(_ name: String, in range: ClosedRange<Int>) -> Int? {
    guard let word = word(name) else { return nil }
    if let value = Int(word), range.contains(value) { return value }
    faults.append("\(name) is '\(word)', not a whole number from \(range.lowerBound) to \(range.upperBound)")
    return nil
  }

  mutating func slurmHost() -> String? {
    if let host = environment["MASTER_ADDR"] ?? environment["SLURM_JOB_NODELIST"].flatMap(firstNode)
      ?? environment["SLURM_LAUNCH_NODE_IPADDR"], !host.isEmpty
    {
      return host
    }
    faults.append("none of MASTER_ADDR, SLURM_JOB_NODELIST and SLURM_LAUNCH_NODE_IPADDR is set")
    return nil
  }
}

/// The first name in a list of Slurm's: `gpu03` of `gpu[03-07,9],other`; nil when it is none.
private func firstNode(_ list: String) -> String? {
  var name = ""
  var rest = list[...]
  while let next = rest.first, next != "," {
    guard next == "[" else {
      name.append(rest.removeFirst())
      continue
    }
    // The first number of the first range stands for all.
    guard let end = rest.firstIndex(of: "]") else { return nil }
    name += rest.dropFirst().prefix { !"-,]".contains($0) }
    rest = rest[rest.index(after: end)...]
  }
  return name.isEmpty ? nil : name
}

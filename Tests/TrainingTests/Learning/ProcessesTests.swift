import EngineTesting
import Foundation
import Synchronization
import Testing
import Training

@Suite("Several processes train together")
struct ProcessesTests {
  @Test("two processes give the losses and weights of one with twice the micro-batches")
  func equality() async throws {
    _ = try makeTorch()
    let (alone, together) = (try TemporaryFolder(), try TemporaryFolder())
    #expect(try await Crew(1, in: alone, words: ["2"], environments: [[:]]).errors == [""])
    #expect(try await Crew(2, in: together, words: ["1"]).errors == ["", ""])
    let (one, two) = (try metrics(alone), try metrics(together))
    #expect(one.count == 6)
    #expect(mismatch(two.map(\.loss), one.map(\.loss), relative: 1e-6) == nil)
    let norms = { (metrics: [TrainingMetrics]) in metrics.map { Float($0.gradientNorm ?? .nan) } }
    #expect(mismatch(norms(two), norms(one), relative: 1e-5) == nil)
    #expect(one.last!.loss < one.first!.loss)
  }

  @Test("Slurm's variables start them as well")
  func slurm() async throws {
    _ = try makeTorch()
    let folder = try TemporaryFolder()
    let port = freePort()
    let environments = (0..<2).map { rank in
      [
        "SLURM_PROCID": "\(rank)", "SLURM_NTASKS": "2", "SLURM_LOCALID": "\(rank)",
        "SLURM_JOB_NODELIST": "localhost", "MASTER_PORT": "\(port)",
      ]
    }
    #expect(try await Crew(2, in: folder, words: ["1"], environments: environments).errors == ["", ""])
    #expect(try metrics(folder).count == 6)
  }

  @Test(
    "a process that ends, or that no longer answers, is an error of the others", arguments: ["end", "hang"])
  func loss(fate: String) async throws {
    _ = try makeTorch()
    let folder = try TemporaryFolder()
    let crew = try await Crew(2, in: folder, words: ["1", fate == "end" ? "600" : "5", fate, "3"])
    #expect(crew.errors[0].hasPrefix("process 0 of 2 got no answer from another, which ended, hangs, or "))
    // Step 3's batch is made during step 2.
    #expect(try metrics(folder).map(\.step) == [1])
  }

  @Test("a process that the others do not join says so when its time is over")
  func absence() async throws {
    _ = try makeTorch()
    let folder = try TemporaryFolder()
    let crew = try await Crew(
      1, in: folder, words: ["1", "2"], environments: [Crew.environment(rank: 0, of: 2, port: freePort())])
    #expect(crew.errors[0].hasPrefix("process 0 of 2 did not find all others by way of 127.0.0.1:"))
    #expect(crew.errors[0].contains(" within 2 s: "))
  }

  private func metrics(_ folder: TemporaryFolder) throws -> [TrainingMetrics] {
    try Data(contentsOf: folder.file("training/metrics.jsonl")).split(separator: UInt8(ascii: "\n")).map {
      try JSONDecoder().decode(TrainingMetrics.self, from: $0)
    }
  }
}

/// Processes that were started together, and what they left.
private struct Crew {
  /// What each wrote to standard error.
  var errors: [String] = []

  /// Runs `train-together` until process 0 has ended; those that are left then are ended.
  ///
  /// - Parameter environments: of each process; torchrun's unless given.
  init(_ count: Int, in folder: TemporaryFolder, words: [String], environments: [[String: String]]? = nil)
    async throws
  {
    let port = freePort()
    let members = try (0..<count).map { rank in
      let environment = environments?[rank] ?? Self.environment(rank: rank, of: count, port: port)
      return try Member(rank, in: folder, words, environment)
    }
    try await members[0].end()
    for member in members.dropFirst() { try await member.end(within: .seconds(words.count > 2 ? 0 : 600)) }
    errors = try members.map { try $0.errors() }
  }

  static func environment(rank: Int, of count: Int, port: Int) -> [String: String] {
    [
      "RANK": "\(rank)", "WORLD_SIZE": "\(count)", "LOCAL_RANK": "\(rank)", "MASTER_ADDR": "127.0.0.1",
      "MASTER_PORT": "\(port)",
    ]
  }
}

/// A process of its own.
private struct Member {
  private let process = Process()
  private let ending: AsyncStream<Void>
  private let log: URL

  init(_ rank: Int, in folder: TemporaryFolder, _ words: [String], _ environment: [String: String]) throws {
    log = folder.file("errors-\(rank).txt")
    try Data().write(to: log)
    process.executableURL = Self.executable
    process.arguments = [folder.file("training").path] + words
    // Nothing of the launcher that started these tests, if one did.
    let kept = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("SLURM_") }
    process.environment = kept.merging(environment) { $1 }
    process.standardError = try FileHandle(forWritingTo: log)
    let (ending, end) = AsyncStream.makeStream(of: Void.self)
    self.ending = ending
    process.terminationHandler = { _ in end.finish() }
    try process.run()
  }

  /// Waits until the process ends, or ends it when that takes too long.
  func end(within limit: Duration = .seconds(600)) async throws {
    let reaper = Task { [process] in
      try await Task.sleep(for: limit)
      kill(process.processIdentifier, SIGKILL)
    }
    for await _ in ending {}
    reaper.cancel()
  }

  /// What it wrote to standard error, but for what libtorch itself logs there.
  func errors() throws -> String {
    try String(contentsOf: log, encoding: .utf8).split(separator: "\n").filter { !$0.hasPrefix("[") }
      .joined(separator: "\n")
  }

  /// The program that was built together with these tests, beside their bundle.
  private static let executable: URL = {
    var folder = Bundle(for: TemporaryFolder.self).bundleURL
    while !FileManager.default.isExecutableFile(atPath: folder.appending(path: "train-together").path) {
      folder.deleteLastPathComponent()
      precondition(folder.path != "/", "train-together is not built")
    }
    return folder.appending(path: "train-together")
  }()
}

/// A port that nobody listened on a moment ago.
private func freePort() -> Int {
  let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
  defer { close(listener) }
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
  var size = socklen_t(MemoryLayout<sockaddr_in>.size)
  return withUnsafeMutablePointer(to: &address) { pointer in
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      precondition(bind(listener, $0, size) == 0 && getsockname(listener, $0, &size) == 0)
    }
    return Int(UInt16(bigEndian: pointer.pointee.sin_port))
  }
}

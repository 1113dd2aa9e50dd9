import EngineTesting
import Foundation
import ProgramTesting
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
    // On a machine that is busy elsewhere, the first step may take longer than a hanging process is waited for.
    for patience in fate == "end" ? [600] : [5, 50, 500] {
      let folder = try TemporaryFolder()
      let crew = try await Crew(2, in: folder, words: ["1", "\(patience)", fate, "3"])
      #expect(crew.errors[0].hasPrefix("process 0 of 2 "))
      // Step 3's batch is made during step 2.
      guard (try? metrics(folder).map(\.step)) == [1] else { continue }
      #expect(crew.errors[0].hasPrefix("process 0 of 2 got no answer from another, which ended, hangs, or "))
      return
    }
    Issue.record("the first step was not made")
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

  /// Runs `train-together`; when process 0 has ended and the others were to meet a fate, those are ended.
  ///
  /// - Parameter environments: of each process; torchrun's unless given.
  init(_ count: Int, in folder: TemporaryFolder, words: [String], environments: [[String: String]]? = nil)
    async throws
  {
    let port = freePort()
    // Nothing of the launcher that started these tests, if one did.
    let kept = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("SLURM_") }
    let members = try (0..<count).map { rank in
      let environment = environments?[rank] ?? Self.environment(rank: rank, of: count, port: port)
      return try RunningProgram(
        RunningProgram.built("train-together", with: TemporaryFolder.self),
        [folder.file("training").path] + words, environment: kept.merging(environment) { $1 })
    }
    for (rank, member) in members.enumerated() {
      // One that meets a fate does not end by itself.
      if rank > 0, words.count > 2 { member.signal(SIGKILL) }
      errors.append(Self.own(try await member.end().errors))
    }
  }

  /// What a process wrote to standard error, but for what libtorch itself logs there.
  private static func own(_ errors: String) -> String {
    errors.split(separator: "\n").filter { !$0.hasPrefix("[") }.joined(separator: "\n")
  }

  static func environment(rank: Int, of count: Int, port: Int) -> [String: String] {
    [
      "RANK": "\(rank)", "WORLD_SIZE": "\(count)", "LOCAL_RANK": "\(rank)", "MASTER_ADDR": "127.0.0.1",
      "MASTER_PORT": "\(port)",
    ]
  }
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

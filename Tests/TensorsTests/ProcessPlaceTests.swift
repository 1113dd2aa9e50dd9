import Tensors
import Testing

@Suite("A process's place among others")
struct ProcessPlaceTests {
  private let torchrun = [
    "RANK": "3", "WORLD_SIZE": "4", "LOCAL_RANK": "1", "MASTER_ADDR": "10.0.0.1", "MASTER_PORT": "1234",
  ]

  @Test("without a launcher there is none")
  func alone() throws {
    #expect(try ProcessPlace(environment: ["PATH": "/bin", "MASTER_PORT": "1"]) == nil)
  }

  @Test("torchrun's is read, and whether its own store is to be used")
  func torchrunPlace() throws {
    let place = ProcessPlace(rank: 3, count: 4, localRank: 1, host: "10.0.0.1", port: 1234)
    #expect(try ProcessPlace(environment: torchrun) == place)
    let elastic = torchrun.merging([
      "TORCHELASTIC_USE_AGENT_STORE": "True", "TORCHELASTIC_RESTART_COUNT": "2",
    ]) { $1 }
    let restarted = try #require(try ProcessPlace(environment: elastic))
    #expect(restarted.isHosted)
    #expect(restarted.attempt == 2)
  }

  @Test("Slurm's is read: the first machine of its list is where process 0 is")
  func slurm() throws {
    let slurm = ["SLURM_PROCID": "2", "SLURM_NTASKS": "8", "SLURM_LOCALID": "0"]
    func place(_ more: [String: String]) throws -> ProcessPlace? {
      try ProcessPlace(environment: slurm.merging(more) { $1 })
    }
    let launcher = ["SLURM_LAUNCH_NODE_IPADDR": "10.0.0.9"]
    #expect(
      try place(launcher) == ProcessPlace(rank: 2, count: 8, localRank: 0, host: "10.0.0.9", port: 29_500))
    for (list, host) in [
      ("gpu[03-07,9],other", "gpu03"), ("a1,a2", "a1"), ("solo", "solo"),
      ("rack[1-2]node[4,6].site", "rack1node4.site"),
    ] {
      #expect(try place(launcher.merging(["SLURM_JOB_NODELIST": list]) { $1 })?.host == host)
    }
    let master = try place(["MASTER_ADDR": "head", "MASTER_PORT": "5", "SLURM_JOB_NODELIST": "a"])
    #expect(master?.host == "head")
    #expect(master?.port == 5)
  }

  @Test("all that is missing or contradicts itself is said")
  func faults() {
    func faults(_ environment: [String: String]) -> [String]? {
      #expect(throws: InvalidPlace.self) { _ = try ProcessPlace(environment: environment) }?.faults
    }
    #expect(
      faults(["RANK": "0"]) == ["WORLD_SIZE is not set", "MASTER_ADDR is not set", "MASTER_PORT is not set"])
    #expect(
      faults(torchrun.merging(["RANK": "4"]) { $1 }) == [
        "RANK is 4, but of WORLD_SIZE = 4 processes the last is 3"
      ])
    #expect(
      faults(torchrun.merging(["WORLD_SIZE": "four", "MASTER_PORT": "70000"]) { $1 }) == [
        "WORLD_SIZE is 'four', not a whole number from 1 to 2147483647",
        "MASTER_PORT is '70000', not a whole number from 1 to 65535",
      ])
    #expect(
      faults(["SLURM_PROCID": "1", "SLURM_NTASKS": "2"]) == [
        "none of MASTER_ADDR, SLURM_JOB_NODELIST and SLURM_LAUNCH_NODE_IPADDR is set"
      ])
  }
}

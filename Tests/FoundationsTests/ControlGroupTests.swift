import FileTesting
import Foundation
import Testing

@testable import Foundations

@Suite struct ControlGroupTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private func write(_ text: String, _ path: String) throws {
    let file = folder.url.appending(path: path)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
  }

  private func limit(_ membership: String) -> Int? {
    ControlGroup(membership: membership, mount: folder.url.path(percentEncoded: false)).memoryLimit
  }

  @Test("the least limit of the process's group and of those around it counts")
  func unified() throws {
    try write("max\n", "a/b/c/memory.max")
    try write("3000\n", "a/b/memory.max")
    try write("5000\n", "a/memory.max")
    #expect(limit("0::/a/b/c\n") == 3000)
    #expect(limit("0::/a\n") == 5000)
    #expect(limit("0::/other\n") == nil)
  }

  @Test("groups of version 1 count too, and a container's own groups at the root")
  func versionOne() throws {
    try write("9223372036854771712\n", "memory/memory.limit_in_bytes")
    try write("700\n", "memory/box/memory.limit_in_bytes")
    try write("9\n", "cpu/memory.limit_in_bytes")
    #expect(limit("5:cpu,cpuacct:/\n4:memory:/box/inner\n0::/\n") == 700)
    #expect(limit("4:hugetlb,memory:/docker/1234\n") == 9_223_372_036_854_771_712)
    #expect(limit("nonsense\n\n") == nil)
  }

  @Test("the least quota of processors counts, of either version; max and -1 are none")
  func processors() throws {
    func quota(_ membership: String) -> Double? {
      ControlGroup(membership: membership, mount: folder.url.path(percentEncoded: false)).processors
    }
    try write("max 100000\n", "a/b/cpu.max")
    try write("150000 100000\n", "a/cpu.max")
    #expect(quota("0::/a/b\n") == 1.5)
    #expect(quota("0::/other\n") == nil)
    try write("-1\n", "cpu,cpuacct/cpu.cfs_quota_us")
    try write("100000\n", "cpu,cpuacct/cpu.cfs_period_us")
    #expect(quota("5:cpu,cpuacct:/\n") == nil)
    try write("50000\n", "cpu,cpuacct/job/cpu.cfs_quota_us")
    try write("100000\n", "cpu,cpuacct/job/cpu.cfs_period_us")
    #expect(quota("5:cpu,cpuacct:/job\n") == 0.5)
  }

  @Test(
    "processors come from the quota, then Slurm, then OpenMP, and are never more than there are",
    arguments: [
      (2.5, ["SLURM_CPUS_PER_TASK": "2"], 3), (nil, ["SLURM_CPUS_PER_TASK": "2", "OMP_NUM_THREADS": "5"], 2),
      (nil, ["OMP_NUM_THREADS": "5,2"], 5), (nil, ["OMP_NUM_THREADS": "many"], 8), (0.2, [:], 1),
      (64, [:], 8), (nil, ["SLURM_CPUS_PER_TASK": "0"], 8),
    ] as [(Double?, [String: String], Int)])
  func count(_ quota: Double?, _ environment: [String: String], _ expected: Int) {
    let processors = ProcessorCount(environment: environment, quota: quota, available: 8)
    #expect(processors.count == expected && (processors.limit == nil) == (expected == 8))
  }
}

import FileTesting
import Foundation
import Testing

@testable import PipelineKit

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
    ControlGroup.memoryLimit(membership: membership, mount: folder.url.path(percentEncoded: false))
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
}

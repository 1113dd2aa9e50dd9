import Foundation
import Tensors
import Testing

@testable import Torch

@Suite("Finding libtorch")
struct RuntimeTests {
  @Test(
    "a library that is no shim is not taken for one; the error says what was tried and the command that mends it"
  )
  func foreignLibrary() throws {
    let root = NSTemporaryDirectory() + "project-\(UUID().uuidString)"
    let library = root + "/.runtime/torch/libpipeline_torch.so"
    try FileManager.default.createDirectory(
      atPath: root + "/.runtime/torch", withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: root) }
    try Data("no library".utf8).write(to: URL(fileURLWithPath: library))
    let error = #expect(throws: TorchError.self) {
      _ = try TorchRuntime(ProjectFolders(startingFolders: [root + "/a/b"]))
    }
    #expect(error?.description.contains("make torch") == true)
    #expect(error?.description.contains(library) == true)
  }
}

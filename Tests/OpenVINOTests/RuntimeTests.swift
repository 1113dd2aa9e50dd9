import Foundation
import Tensors
import Testing

@testable import OpenVINO

@Suite("Finding the runtime")
struct RuntimeTests {
  @Test("without a runtime, the error says the command that installs it and what was tried")
  func missing() {
    let locator = RuntimeLocator(
      environment: ["PIPELINE_OPENVINO": "/nowhere/at/all"], folders: .init(startingFolders: []))
    let error = #expect(throws: OpenVINOError.self) { _ = try OpenVINORuntime(locator) }
    #expect(error?.description.contains("Scripts/install-openvino.sh") == true)
    #expect(error?.description.contains("/nowhere/at/all") == true)
  }

  @Test("a library that is no OpenVINO is not taken for one")
  func foreignLibrary() throws {
    let path = NSTemporaryDirectory() + "libopenvino_c.\(UUID().uuidString).so"
    try Data("no library".utf8).write(to: URL(fileURLWithPath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    let locator = RuntimeLocator(
      environment: ["PIPELINE_OPENVINO": path], folders: .init(startingFolders: []))
    let error = #expect(throws: OpenVINOError.self) { _ = try OpenVINORuntime(locator) }
    #expect(error?.description.contains(path) == true)
  }

  @Test("the project's own folder is found from below it, before the system's")
  func projectFolder() throws {
    let root = NSTemporaryDirectory() + "project-\(UUID().uuidString)"
    let libraries = root + "/.runtime/openvino/openvino/libs"
    let manager = FileManager.default
    try manager.createDirectory(atPath: libraries, withIntermediateDirectories: true)
    try manager.createDirectory(atPath: root + "/a/b", withIntermediateDirectories: true)
    defer { try? manager.removeItem(atPath: root) }
    for name in ["libopenvino_c.so.999", "libopenvino_c.so.2641", "libopenvino.so.2641"] {
      try Data().write(to: URL(fileURLWithPath: libraries + "/" + name))
    }
    let locator = RuntimeLocator(environment: [:], folders: .init(startingFolders: [root + "/a/b"]))
    #expect(
      locator.candidates().prefix(2) == [
        libraries + "/libopenvino_c.so.2641", libraries + "/libopenvino_c.so.999",
      ])
  }

  @Test("a failed call carries the library's own words")
  func ownWords() throws {
    let core = try Core(OpenVINORuntime())
    let error = #expect(throws: OpenVINOError.self) { try core.property("NO_SUCH_PROPERTY") }
    #expect(error?.description.contains("NO_SUCH_PROPERTY") == true)
  }
}

import Foundation
import Imaging
import PipelineKit
import ProgramTesting
import Testing

/// A folder of its own, with a store of its own, that the built command is run in.
final class Workplace {
  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "command-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  struct Ending {
    var code: Int32
    var output: Data
    var errors: String
    var text: String { String(decoding: output, as: UTF8.self) }

    init(_ ending: RunningProgram.Ending) {
      (code, output, errors) = (ending.code, ending.output, ending.errors)
    }
  }

  /// The folder of the project.
  static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// The executable that was built together with these tests.
  static let executable = RunningProgram.built("pipeline-run", with: Workplace.self)

  func path(_ name: String) -> String { folder.appending(path: name).path }
  func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }
  func read(_ name: String) throws -> Data { try Data(contentsOf: folder.appending(path: name)) }
  func write(_ name: String, _ text: String) throws {
    try Data(text.utf8).write(to: folder.appending(path: name))
  }
  func write(_ name: String, _ bytes: [UInt8]) throws {
    try Data(bytes).write(to: folder.appending(path: name))
  }

  /// Starts the command, or another program, in the folder.
  func start(_ arguments: [String], input: Data = Data(), program: URL = Workplace.executable) throws
    -> RunningProgram
  {
    try RunningProgram(
      program, arguments, in: folder,
      environment: ["PIPELINE_CACHE": path("cache"), "PATH": "/usr/bin:/bin", "HOME": folder.path],
      input: input)
  }

  /// Runs the command to its end.
  func run(_ arguments: [String], input: Data = Data()) async throws -> Ending {
    Ending(try await start(arguments, input: input).end())
  }

  /// Runs the command to its end.
  func run(_ arguments: String..., input: Data = Data()) async throws -> Ending {
    try await run(arguments, input: input)
  }

  /// Runs a line of shell to its end; in it `$0` is the command.
  func shell(_ line: String) async throws -> Ending {
    Ending(try await start(["-c", line, Self.executable.path], program: URL(filePath: "/bin/sh")).end())
  }

  /// A scene of 48×32, an exemplar of 20×24, a mask, and a document that pastes one into the other.
  func furnish() throws {
    let scene = (0..<48 * 32 * 3).map { UInt8($0 * 7 % 251) }
    try Image(pixels: scene, width: 48, height: 32, bands: 3).write(to: path("scene.png"))
    let exemplar = (0..<20 * 24 * 3).map { UInt8($0 * 13 % 241) }
    try Image(pixels: exemplar, width: 20, height: 24, bands: 3).write(to: path("exemplar.png"))
    try mask(width: 48, height: 32).write(to: path("mask.png"))
    try write("paste.json", Self.document)
  }

  func mask(width: Int, height: Int) throws -> Image {
    try Image.filled(width: width / 2, height: height / 2, colour: [255])
      .embedded(x: width / 4, y: height / 4, width: width, height: height)
  }

  static let document = """
    { "formatVersion": 1,
      "params": { "photo": {"type": "path", "default": "scene.png"}, "hole": {"type": "path", "default": "mask.png"},
                  "exemplar": {"type": "path", "default": "exemplar.png"}, "out": {"type": "path", "default": "result.png"},
                  "feather": {"type": "number", "default": 2, "minimum": 0} },
      "stages": {
        "scene": {"use": "image.load", "set": {"path": {"$param": "photo"}}},
        "hole": {"use": "mask.load", "in": {"scene": "scene.image"}, "set": {"path": {"$param": "hole"}}},
        "object": {"use": "image.load", "set": {"path": {"$param": "exemplar"}}},
        "paste": {"use": "exemplar.paste", "in": {"scene": "scene.image", "exemplar": "object.image", "mask": "hole.mask"}},
        "blend": {"use": "image.blend", "in": {"base": "scene.image", "over": "paste.image", "mask": "paste.mask"},
                  "set": {"feather": {"$param": "feather"}}},
        "save": {"use": "image.save", "in": {"image": "blend.image"}, "set": {"path": {"$param": "out"}}} } }
    """
}

import Foundation
import Testing

@testable import PipelineKit

@Suite("A plugin's manifest")
struct ManifestTests {
  private func diagnostics(_ manifest: String) async throws -> [Diagnostic] {
    try await withFolder { folder in
      let file = folder.appending(path: "m.plugin.json")
      try Data(manifest.utf8).write(to: file)
      let error = #expect(throws: InvalidDocument.self) {
        try ExternalProgram(manifest: file, named: "m.plugin.json", types: ["note", "image"])
      }
      return error?.diagnostics ?? []
    }
  }

  @Test("becomes the stage's descriptor, with parameters and ports in the order they are written")
  func descriptor() async throws {
    try await withFolder { folder in
      let program = try TestProgram(
        in: folder, interpreter: "sh", "",
        ["version": 3, "pure": false, "effort": "compute", "timeoutSeconds": 5, "notes": "for readers"])
      let text = String(decoding: try Data(contentsOf: program.file), as: UTF8.self)
      let parameters = """
        "parameters": {
          "z": {"type": "array", "of": {"type": "number", "minimum": 0}, "maximumCount": 3, "help": "Z.", "default": []},
          "a": {"type": "string", "choices": ["x", "y"], "help": "A."},
          "m": {"type": "path", "default": null, "help": "M."} },
        """
      let pattern = try Regex(#""parameters":\{"gain":\{[^}]*\}\},"#)
      try Data(text.replacing(pattern, with: parameters).utf8).write(to: program.file)
      let external = try ExternalProgram(manifest: program.file, named: "t", types: ["note"])
      let descriptor = external.descriptor
      #expect(descriptor.name == "test.program" && descriptor.version == 3 && !descriptor.isPure)
      #expect(descriptor.origin == .manifest("t"))
      #expect(descriptor.parameters.map(\.name) == ["z", "a", "m"])
      #expect(
        descriptor.parameters.map(\.kind) == [
          .array(of: .number(Bounds(minimum: 0)), count: Bounds(maximum: 3)), .choice(["x", "y"]),
          .optional(.inputFile),
        ])
      #expect(descriptor.parameters.map(\.defaultValue) == [[], nil, .some(.null)])
      #expect(descriptor.inputs.map(\.arity) == [.optional, .many])
      #expect(external.effort == .compute && external.timeout == .seconds(5))
      #expect(external.command == ["sh", folder.appending(path: "script").path(percentEncoded: false)])
    }
  }

  @Test("is another implementation once the program it names has changed")
  func implementation() async throws {
    try await withFolder { folder in
      func identity(_ script: String) throws -> String {
        try TestProgram(in: folder, interpreter: "sh", script).definition().descriptor.identity
      }
      let first = try identity("exit 1")
      #expect(try identity("exit 2") != first)
      #expect(try identity("exit 1") == first)
    }
  }

  @Test("with many faults says them all, each with its place")
  func allFaults() async throws {
    let faults = try await diagnostics(
      """
      { "formatVersion": 2,
        "name": "a b",
        "comand": [],
        "version": 0,
        "command": ["./absent.py"],
        "parameters": {
          "p": {"type": "integre", "help": "P."},
          "q": {"type": "integer", "minimum": 5, "maximum": 1, "default": "x", "help": "Q."},
          "r": {"type": "string", "minimum": 1, "help": "R."},
          "s": {"type": "array"} },
        "inputs": {"i/j": {"type": "imgae", "help": "I.", "arity": "two"}},
        "outputs": {},
        "environment": ["A-B"],
        "timeoutSeconds": 0 }
      """)
    let places = faults.map { "\($0.location?.line ?? 0) \($0.pointer)" }
    #expect(
      places.sorted()
        == [
          "1 ", "1 /formatVersion", "10 /parameters/s", "10 /parameters/s", "11 /inputs/i~1j",
          "11 /inputs/i~1j/arity", "11 /inputs/i~1j/type", "12 /outputs", "13 /environment/0",
          "14 /timeoutSeconds", "2 /name", "3 /comand", "4 /version", "5 /command/0", "7 /parameters/p/type",
          "8 /parameters/q/default", "8 /parameters/q/minimum", "9 /parameters/r/minimum",
        ].sorted())
    #expect(faults.first { $0.pointer.description == "/inputs/i~1j/type" }?.suggestion == "image")
    #expect(faults.first { $0.pointer.description == "/parameters/p/type" }?.suggestion == "integer")
    #expect(faults.first { $0.pointer.description == "/comand" }?.suggestion == "command")
    #expect(faults.first { $0.pointer == .root }?.message == "'summary' is missing")
  }

  @Test("that is no JSON object, or no JSON, is refused")
  func noObject() async throws {
    #expect(try await diagnostics("[1]").first?.message == "an array stands here")
    #expect(try await !diagnostics("{").isEmpty)
  }
}

@Suite("Loading plugins")
struct PluginLoaderTests {
  private func registry() -> Registry {
    var registry = Registry()
    registry.register(Note.definition)
    return registry
  }

  @Test("finds manifests in folders and one level below, and adds their stages with their origin")
  func folders() async throws {
    try await withFolder { folder in
      let inner = folder.appending(path: "inner")
      try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: true)
      _ = try TestProgram(in: folder, interpreter: "sh", "", ["name": "one"])
      let two = try TestProgram(in: inner, interpreter: "sh", "", ["name": "two"])
      let path = folder.path(percentEncoded: false)
      let loader = PluginLoader(environment: ["PIPELINE_PLUGINS": path])
      var registry = registry()
      try loader.load(loader.standardPaths, into: &registry)
      #expect(registry.stages.keys.sorted() == ["one", "two"])
      #expect(
        registry.stages["two"]?.descriptor.origin.phrase?.hasSuffix("/inner/" + two.file.lastPathComponent)
          == true)
    }
  }

  @Test("refuses two stages of one name, naming both origins")
  func collision() async throws {
    try await withFolder { folder in
      let file = try TestProgram(in: folder, interpreter: "sh", "").file.path(percentEncoded: false)
      let copy = folder.appending(path: "copy.plugin.json").path(percentEncoded: false)
      try FileManager.default.copyItem(atPath: file, toPath: copy)
      var registry = registry()
      let error = #expect(throws: UnusablePlugin.self) {
        try PluginLoader(environment: [:]).load([file, copy], into: &registry)
      }
      #expect(error?.plugin == copy)
      #expect(error?.reason == "its stage 'test.program' has the name of one from the plugin \(file)")
    }
  }

  @Test("refuses what is not there, what is no plugin by its name, and says the faults of all manifests")
  func unusable() async throws {
    try await withFolder { folder in
      let path = folder.path(percentEncoded: false)
      var registry = registry()
      let loader = PluginLoader(environment: [:])
      #expect(throws: UnreadableDocument.self) { try loader.load([path + "absent.so"], into: &registry) }
      try Data().write(to: folder.appending(path: "x.txt"))
      #expect(throws: UnusablePlugin.self) { try loader.load([path + "x.txt"], into: &registry) }
      for name in ["a", "b"] {
        try Data("{}".utf8).write(to: folder.appending(path: "\(name).plugin.json"))
      }
      let invalid = #expect(throws: InvalidDocument.self) { try loader.load([path], into: &registry) }
      #expect(Set(invalid?.diagnostics.compactMap { $0.location?.file.suffix(13) } ?? []).count == 2)
    }
  }
}

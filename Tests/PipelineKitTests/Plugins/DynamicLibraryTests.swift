import Foundation
import Testing

@testable import PipelineKit

@Suite("A dynamic library as a plugin", .serialized)
struct DynamicLibraryTests {
  @Test("brings stages and port types that work with the program's own")
  func swiftLibrary() async throws {
    try await withFolder { folder in
      let library = try await build(
        """
        import Foundation
        import PipelineKit

        struct Word: PortValue {
          var text: String
          static let portType: PortType = "word"
          static let exchangeExtension = "txt"
          var shape: ValueShape { ValueShape(summary: text, bytes: 0) }
          func write(to folder: URL, monitor: Monitor) throws {}
          static func read(from folder: URL) throws -> Word { Word(text: "") }
          func export(to file: URL, monitor: Monitor) throws { try Data(text.utf8).write(to: file) }
          static func imported(from file: URL) throws -> Word {
            Word(text: try String(contentsOf: file, encoding: .utf8))
          }
        }

        struct Repeat: Stage {
          static let name = "word.repeat"
          static let summary = "Repeats a word."
          static let word = Input<Word>("word", help: "The word.")
          static let result = Output<Word>("word", help: "The longer word.")
          static let inputs: [any StagePort] = [word]
          static let outputs: [any StagePort] = [result]
          struct Parameters: StageParameters {
            @Parameter(help: "How often.", 1...5) var times = 2
          }
          var parameters: Parameters
          func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
            let text = try inputs[Self.word].text
            guard !text.isEmpty else { throw StageFailure("the word is empty") }
            context.monitor.report(1)
            return StageOutputs(Self.result, Word(text: String(repeating: text, count: parameters.times)))
          }
        }

        @_cdecl("pipeline_plugin")
        public func plugin() -> UnsafeMutableRawPointer {
          PluginLibrary.offer([Repeat.self], types: [PortTypeDefinition(Word.self, summary: "A word.")])
        }
        """, in: folder)
      var registry = Registry()
      try PluginLoader(environment: [:]).load([library], into: &registry)

      let definition = try #require(registry.stages["word.repeat"])
      #expect(definition.descriptor.origin == .library(library))
      #expect(definition.descriptor.implementation != nil)
      #expect(definition.descriptor.parameter("times")?.kind == .integer(Bounds(minimum: 1, maximum: 5)))
      let type = try #require(registry.types["word"])
      func run(_ text: String) async throws -> StageOutputs {
        let file = folder.appending(path: "word.txt")
        try Data(text.utf8).write(to: file)
        let inputs = StageInputs(["word": [try type.imported(file)]])
        let context = StageContext(stage: "s", monitor: Monitor(), scratch: folder.appending(path: "s"))
        return try await definition.make(["times": .value(3)]).run(inputs, context)
      }
      #expect(try await run("ab").values["word"]?.shape.summary == "ababab")
      let failure = await #expect(throws: StageFailure.self) { try await run("") }
      #expect(failure?.message == "the word is empty")
    }
  }

  @Test("built against another interface is refused before any of its stages is touched")
  func otherInterface() async throws {
    try await withFolder { folder in
      let library = try await build(
        """
        import PipelineKit

        @_cdecl("pipeline_plugin")
        public func plugin() -> UnsafeMutableRawPointer {
          PluginLibrary.accept(interface: "0-of-another-version", { fatalError() }, { fatalError() })
        }
        """, in: folder)
      #expect(try reason(library) == "it was built for another version of this program")
    }
  }

  @Test("that misses a function of PipelineKit is of another version")
  func missingFunction() async throws {
    try await withFolder { folder in
      let library = try await buildC(
        #"void absent(void) __asm__("$s11PipelineKit6AbsentV"); void *pipeline_plugin(void) { absent(); return 0; }"#,
        in: folder)
      #expect(try reason(library) == "it was built for another version of this program")
    }
  }

  @Test("that carries a PipelineKit of its own is refused before its code runs")
  func ownCopy() async throws {
    try await withFolder { folder in
      let library = try await buildC(
        "void copy(void) __asm__(\"\(PluginLibrary.accepting)\"); void copy(void) {} "
          + "void *pipeline_plugin(void) { __builtin_trap(); }",
        in: folder)
      #expect(try reason(library) == "it carries a PipelineKit of its own")
    }
  }

  @Test("without the entry point, or that is no library, is refused with a reason")
  func noPlugin() async throws {
    try await withFolder { folder in
      let library = try await buildC("int nothing;", in: folder)
      #expect(try reason(library) == "it has no function 'pipeline_plugin'")
      let text = self.library(in: folder)
      try Data("hello".utf8).write(to: URL(filePath: text))
      #expect(try reason(text).hasPrefix("it cannot be loaded as a library: "))
    }
  }

  private func reason(_ library: String) throws -> String {
    var registry = Registry()
    let error = #expect(throws: UnusablePlugin.self) {
      try PluginLoader(environment: [:]).load([library], into: &registry)
    }
    return error?.reason ?? ""
  }

  /// Builds a library as Plugins/README.md tells authors to. Each has a name of its own: none is ever unloaded.
  private func build(_ source: String, in folder: URL) async throws -> String {
    let file = folder.appending(path: "Plugin.swift").path(percentEncoded: false)
    try Data(source.utf8).write(to: URL(filePath: file))
    let library = self.library(in: folder)
    let package = URL(filePath: #filePath).appending(path: "../../../..").standardizedFileURL
    let modules = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
      .appending(path: "Modules")
    try await run(
      [package.appending(path: "Plugins/build-library.sh").path(percentEncoded: false), library, file],
      in: folder, ["MODULES": modules.path(percentEncoded: false)])
    return library
  }

  private func buildC(_ source: String, in folder: URL) async throws -> String {
    let file = folder.appending(path: "plugin.c").path(percentEncoded: false)
    try Data(source.utf8).write(to: URL(filePath: file))
    let library = self.library(in: folder)
    try await run(["clang", "-shared", "-fPIC", "-o", library, file], in: folder)
    return library
  }

  private func library(in folder: URL) -> String {
    let name = UUID().uuidString.filter { $0 != "-" }
    return folder.appending(path: "libPlugin\(name).so").path(percentEncoded: false)
  }

  private func run(_ command: [String], in folder: URL, _ environment: [String: String] = [:]) async throws {
    try await ChildProcess(
      name: command[0], command: command, folder: folder,
      environment: ProcessInfo.processInfo.environment.merging(environment) { $1 },
      timeout: .seconds(604_800),
      limits: ChildProcess.Limits(fileBytes: 1 << 30)
    ).run()
  }
}

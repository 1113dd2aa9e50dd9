import Foundation
import HelperTesting
import Imaging
import PipelineKit
import ProgramTesting
import Stages
import Testing

@Suite("The worked examples of plugins")
struct PluginExampleTests {
  private let examples = URL(filePath: #filePath).appending(path: "../../../Plugins").standardizedFileURL

  private func registry(with plugin: String) throws -> Registry {
    let environment = ProcessInfo.processInfo.environment
    var registry = try StandardStages.registry(environment: environment)
    try PluginLoader(environment: environment).load([plugin], into: &registry)
    return registry
  }

  private func run(
    _ stage: String, _ settings: [String: JSONValue], of registry: Registry, on image: Image,
    _ monitor: Monitor = Monitor(), in folder: URL
  ) async throws -> Image {
    let stage = try #require(registry.stages[stage]).make(settings.mapValues(Setting.value))
    let context = StageContext(
      stage: "s", monitor: monitor, scratch: folder.appending(path: UUID().uuidString),
      services: .withHelper)
    let outputs = try await stage.run(StageInputs(["image": [Picture(image)]]), context)
    return try #require(outputs.values["image"] as? Picture).image
  }

  private func withFolder(_ body: (URL) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "examples-\(UUID().uuidString)", directoryHint: .isDirectory)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try await body(folder)
  }

  @Test("python.vignette darkens the corners, leaves the centre and alpha, and says what it cannot do")
  func vignette() async throws {
    let manifest = examples.appending(path: "Examples/vignette/vignette.plugin.json")
    let registry = try registry(with: manifest.path(percentEncoded: false))
    try await withFolder { folder in
      let grey = try Image.filled(width: 41, height: 31, colour: [200, 100, 50, 77])
      let dark = try await run(
        "python.vignette", ["strength": 1, "radius": 0], of: registry, on: grey, in: folder)
      #expect(try dark.pixel(x: 20, y: 15) == [200, 100, 50, 77])
      let corner = try dark.pixel(x: 0, y: 0)
      #expect(corner[0] < 5 && corner[1] < 3 && corner[3] == 77)
      let same = try await run(
        "python.vignette", ["strength": 0, "radius": 1], of: registry, on: grey, in: folder)
      #expect(try same.hasSamePixels(as: grey))

      let failure = await #expect(throws: StageFailure.self) {
        try await run("python.vignette", ["strength": 1, "radius": 1], of: registry, on: grey, in: folder)
      }
      #expect(failure?.message.hasPrefix("a radius of 1 leaves nothing to darken") == true)
      let deep = await #expect(throws: StageFailure.self) {
        try await run(
          "python.vignette", ["strength": 1, "radius": 0], of: registry, on: grey.rescaled(to: .uint16),
          in: folder)
      }
      #expect(deep?.message.hasPrefix("this example reads only PNG of 8 bits") == true)
    }
  }

  @Test("swift.posterize, built by the script, leaves as many levels as asked, in 8 and 16 bit")
  func posterize() async throws {
    try await withFolder { folder in
      let library = folder.appending(path: "libposterize.so").path(percentEncoded: false)
      try await build(examples.appending(path: "Examples/posterize/Posterize.swift"), as: library)
      let registry = try registry(with: library)
      let ramp = try Image.coordinates(width: 256, height: 1).extractingBands(from: 0).cast(to: .uint8)
      for picture in [ramp, try ramp.rescaled(to: .uint16)] {
        let few = try await run("swift.posterize", ["levels": 3], of: registry, on: picture, in: folder)
        #expect(few.format == picture.format)
        let levels = Set(try (0..<256).map { try few.pixel(x: $0, y: 0)[0] })
        let scale = picture.format.fullScale
        #expect(levels == [0, (scale / 2).rounded(), scale])
      }
    }
  }

  @Test("the stage that the README shows darkens the corners, and leaves the centre and alpha")
  func shown() async throws {
    try await withFolder { folder in
      let readme = try String(contentsOf: examples.appending(path: "../README.md"), encoding: .utf8)
      let code = try #require(
        readme.components(separatedBy: "```swift\n").dropFirst().first { $0.contains("struct Vignette") })
      let source = folder.appending(path: "Vignette.swift")
      try Data(
        """
        import Stages
        \(code.components(separatedBy: "```")[0])
        @_cdecl("pipeline_plugin")
        public func plugin() -> UnsafeMutableRawPointer { PluginLibrary.offer([Vignette.self]) }
        """.utf8
      ).write(to: source)
      let library = folder.appending(path: "libvignette.so").path(percentEncoded: false)
      try await build(source, as: library)
      let registry = try registry(with: library)
      let even = try Image.filled(width: 41, height: 31, colour: [200, 100, 50, 77])
      let dark = try await run("image.vignette", ["strength": 1], of: registry, on: even, in: folder)
      #expect(try dark.pixel(x: 20, y: 15)[0] > 195 && dark.pixel(x: 20, y: 15)[3] == 77)
      #expect(try dark.pixel(x: 0, y: 0)[0] < 15 && dark.pixel(x: 0, y: 0)[3] == 77)
    }
  }

  private func build(_ source: URL, as library: String) async throws {
    let modules = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    let program = try RunningProgram(
      examples.appending(path: "build-library.sh"),
      [library, source.path(percentEncoded: false)],
      environment: ProcessInfo.processInfo.environment.merging([
        "MODULES": modules.appending(path: "Modules").path(percentEncoded: false)
      ]) { $1 })
    let ending = try await program.end()
    try #require(ending.code == 0, "\(ending.errors)")
  }
}

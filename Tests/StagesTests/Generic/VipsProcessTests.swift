import Foundation
import HelperTesting
import Imaging
import PipelineKit
import ProgramTesting
import Testing

@testable import Stages

@Suite("libvips operations that documents name")
struct VipsProcessTests {
  private func picture(
    _ operation: String, _ arguments: JSONValue = [:], of images: [Image], _ limits: [String: JSONValue] = [:]
  ) async throws -> Image {
    let settings = limits.merging(["operation": .string(operation), "arguments": arguments]) { $1 }
    let outputs = try await outputs(of: VipsOperation.self, settings, ["images": images.map(Picture.init)])
    return try #require(outputs.values["image"] as? Picture).image
  }

  private func numbers(_ operation: String, _ arguments: JSONValue = [:], of images: [Image]) async throws
    -> JSONValue
  {
    let outputs = try await outputs(
      of: VipsMeasurement.self, ["operation": .string(operation), "arguments": arguments],
      ["images": images.map(Picture.init)])
    return try #require(outputs.values["report"] as? Report).json
  }

  private func sample(_ width: Int = 64, _ height: Int = 48) throws -> Image {
    try Sample.picture(width, height).image
  }

  @Test("give what they give in this process, with every format, metadata and any number of pictures")
  func results() async throws {
    for bits in [8, 16] {
      for alpha in [false, true] {
        let scene = try Sample.picture(61, 43, bits: bits, alpha: alpha).image
        let result = try await picture("invert", of: [scene])
        #expect(try result.hasSamePixels(as: Vips.image("invert", ["in": .image(scene)])))
        #expect(result.interpretation == scene.interpretation)
      }
    }
    let pair = [try sample(), try sample()]
    #expect(try await picture("bandjoin", of: pair).bands == 6)
    #expect(try await picture("add", of: pair).format == .uint16)
    let spectrum = try await picture("fwfft", of: [try sample()])
    #expect(spectrum.format == .doubleComplex)
    #expect(try await picture("invfft", ["real": true], of: [spectrum]).bands == 3)
    #expect(try await numbers("avg", of: [sample()])["out"]?.number == sample().statistics().overall.mean)
    #expect(try await numbers("getpoint", ["x": 3, "y": 5], of: [sample()])["out_array"]?.array?.count == 3)
    let drawn = try await picture(
      "draw_rect", ["ink": [9, 8, 7], "left": 1, "top": 2, "width": 3, "height": 4, "fill": true],
      of: [sample()])
    #expect(try drawn.pixel(x: 3, y: 5) == [9, 8, 7])
  }

  @Test(
    "that crash, hang or ask for too much fail their stage, which names them",
    arguments: [
      ("draw_flood", ["ink": [255, 0, 0], "x": 100_000, "y": 1], 1),
      ("affine", ["matrix": [1, 0, 0, 1], "oarea": [0, 0, 0, 0]], 1),
      ("affine", ["matrix": [1, 0, 0, 1], "oarea": [0, 0, 1_000_000_000, 1_000_000_000]], 1),
      (
        "draw_line",
        ["ink": [1], "x1": -1_000_000_000, "y1": -999_999_999, "x2": 1_000_000_000, "y2": 999_999_999], 1
      ),
      ("zoom", ["xfac": 10_000_000, "yfac": 10_000_000], 1),
      ("zoom", ["xfac": 10_000_000, "yfac": 1], 1),
      ("conva", [:], 2),
      (
        "mosaic1",
        [
          "direction": "horizontal", "xr1": 1, "yr1": 1, "xs1": 5, "ys1": 5, "xr2": 1, "yr2": 1, "xs2": 5,
          "ys2": 1,
        ], 2
      ),
    ] as [(String, JSONValue, Int)])
  func faults(_ operation: String, _ arguments: JSONValue, _ count: Int) async throws {
    let images = try (0..<count).map { _ in try sample() }
    // A line of that length is drawn in the end: seconds later.
    let limits: [String: JSONValue] = ["timeoutSeconds": operation == "draw_line" ? 0.1 : 604_800]
    let failure = await #expect(throws: StageFailure.self) {
      try await picture(operation, arguments, of: images, limits)
    }
    #expect(failure?.message.contains(operation) == true, "\(String(describing: failure))")
  }

  @Test("that fail while they compute are named, and not the files that hold their pictures")
  func failing() async throws {
    for (operation, arguments) in [("affine", ["matrix": [0, 0, 0, 0]]), ("similarity", ["scale": 0])]
      as [(String, JSONValue)]
    {
      let failure = await #expect(throws: StageFailure.self) {
        try await picture(operation, arguments, of: [sample()])
      }
      #expect(failure?.message.hasPrefix("\(operation) failed: ") == true, "\(failure?.message ?? "")")
    }
  }

  @Test("take as many pictures as libvips says, be it none, and that is known beforehand")
  func counts() async throws {
    #expect(try await picture("black", ["width": 5, "height": 3], of: []).width == 5)
    #expect(try await picture("text", ["text": "a"], of: []).bands == 1)
    for (operation, arguments, count, words) in [
      ("black", ["width": 5, "height": 3], 1, "takes no picture, and 1 is linked"),
      ("invert", [:], 0, "takes 1 picture, and 0 are linked"),
      ("add", [:], 3, "takes 2 pictures, and 3 are linked"),
      ("bandjoin", [:], 0, "takes one picture or more, and 0 are linked"),
      ("replicate", ["across": 2, "down": 2], 2, "takes 1 picture, and 2 are linked"),
    ] as [(String, JSONValue, Int, String)] {
      let shapes = StageShapes(["images": Array(repeating: nil, count: count)])
      for estimate in [
        {
          try VipsOperation(parameters: .init(settings: Self.settings(operation, arguments))).estimate(shapes)
        },
        {
          try VipsMeasurement(parameters: .init(settings: Self.settings(operation, arguments))).estimate(
            shapes)
        },
      ] {
        let conflict = #expect(throws: ParameterConflict.self) { try estimate() }
        #expect(conflict?.message.contains(words) == true, "\(conflict?.message ?? "")")
      }
    }
  }

  @Test("and so do chains of them through values that no picture has")
  func chains() async throws {
    let column = try sample(1, 256)
    _ = try? await picture("fwfft", of: [column])
    let complex = try await picture("cast", ["format": "complex"], of: [sample()])
    _ = try? await picture("hist_cum", of: [complex])
    _ = try? await picture("freqmult", of: [sample(), complex])
    _ = try? await picture("conva", of: [sample(), Image.filled(width: 3, height: 3, colour: [0])])
    // Whatever happened to those, this process goes on.
    #expect(try await picture("invert", of: [sample()]).width == 64)
  }

  @Test("keep within the memory and the size they are given")
  func limits() async throws {
    let failure = await #expect(throws: StageFailure.self) {
      try await picture("zoom", ["xfac": 100, "yfac": 100], of: [sample()], ["resultMegabytes": 1])
    }
    #expect(failure?.message.contains("would make a picture of 6400×4800, 3 × uint8") == true)
    let hungry = await #expect(throws: StageFailure.self) {
      // It takes 16 bytes a pixel.
      try await picture(
        "fwfft", of: [Image.filled(width: 4000, height: 4000, colour: [7])],
        ["memoryMegabytes": 100])
    }
    #expect(hungry?.message.contains("fwfft") == true, "\(String(describing: hungry))")
  }

  @Test(
    "that read or write files are refused before anything runs",
    arguments: [
      ("pngload", ["filename": "a.png"]), ("pngload_buffer", [:]), ("dzsave_buffer", ["suffix": "srgb"]),
      ("pngsave_buffer", [:]), ("rawsave", ["filename": "x"]), ("vipsload", ["filename": "a.v"]),
      ("thumbnail", ["filename": "a.png", "width": 9]),
      ("thumbnail_image", ["width": 9, "import_profile": "/etc/passwd"]),
      ("thumbnail_image", ["width": 9, "export-profile": "/etc/passwd"]),
      ("icc_import", ["input_profile": "/etc/passwd"]), ("icc_transform", ["output_profile": "x.icc"]),
      ("profile_load", ["name": "/etc/passwd"]), ("text", ["text": "a", "fontfile": "/etc/passwd"]),
      ("system", ["cmd_format": "true"]), ("gaussblur", [:]),
    ] as [(String, JSONValue)])
  func refusals(_ operation: String, _ arguments: JSONValue) async throws {
    await #expect(throws: ParameterConflict.self) { try await picture(operation, arguments, of: [sample()]) }
  }

  @Test("leave nothing in the scratch folder, and their result needs no file")
  func scratch() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "vips-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let context = StageContext(stage: "s", monitor: Monitor(), scratch: folder, services: .withHelper)
    let inverted = try VipsOperation.Parameters(settings: Self.settings("invert"))
    let result = try await VipsProcess(inverted).picture(of: [Picture(sample())], context)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    #expect(try result.hasSamePixels(as: sample().inverted()))
    let crash = try VipsOperation.Parameters(
      settings: Self.settings("draw_flood", ["ink": [255, 0, 0], "x": 100_000, "y": 1]))
    await #expect(throws: StageFailure.self) {
      try await VipsProcess(crash).picture(of: [Picture(sample())], context)
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    let alone = StageContext(stage: "s", monitor: Monitor(), scratch: folder)
    await #expect(throws: MissingDependency.self) {
      try await VipsProcess(inverted).picture(of: [Picture(sample())], alone)
    }
  }

  @Test("are stopped by cancellation")
  func cancellation() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "vips-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    // A helper that says that it has begun, and never ends.
    let (program, begun) = (folder.appending(path: "helper"), folder.appending(path: "begun").path)
    try Data("#!/bin/sh\n: > '\(begun)'\nexec sleep 1000000\n".utf8).write(to: program)
    try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: program.path)
    var services = Services()
    services.set(HelperProgram(executable: program, environment: ["PATH": "/usr/bin:/bin"]))
    let context = StageContext(
      stage: "s", monitor: Monitor(), scratch: folder.appending(path: "scratch"), services: services)
    let invert = try VipsOperation.Parameters(settings: Self.settings("invert"))
    let sample = Picture(try sample())
    let task = Task { try await VipsProcess(invert).picture(of: [sample], context) }
    try await waiting(for: task) { FileManager.default.fileExists(atPath: begun) }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
  }

  @Test("any operation with odd arguments fails alone, if it fails")
  func oddArguments() async throws {
    var odd = OddCalls(seed: 11)
    let count = ProcessInfo.processInfo.environment["VIPS_ODD_CALLS"].flatMap(Int.init) ?? 40
    let complex = try await picture("cast", ["format": "complex"], of: [sample(16, 9)])
    let images = [
      try sample(16, 9), try sample(1, 64), complex, try Image.filled(width: 3, height: 3, colour: [0]),
      try Sample.picture(8, 8, bits: 16, alpha: true).image,
    ]
    for number in 0..<count {
      let (operation, arguments, chosen) = try odd.next(among: images)
      do {
        _ = try await picture(
          operation, arguments, of: chosen,
          ["timeoutSeconds": 2, "resultMegabytes": 10, "memoryMegabytes": 500])
      } catch is StageFailure {
      } catch is ParameterConflict {
      } catch {
        Issue.record("call \(number), \(operation) \(arguments): \(error)")
      }
    }
  }

  private static func settings(_ operation: String, _ arguments: JSONValue = [:]) -> [String: Setting] {
    var settings: [String: Setting] = [:]
    for parameter in VipsParameters.descriptors {
      settings[parameter.name] = parameter.defaultValue.map(Setting.value)
    }
    return settings.merging(["operation": .value(.string(operation)), "arguments": .value(arguments)]) { $1 }
  }
}

/// Calls of operations with arguments that are allowed and strange.
private struct OddCalls {
  private var generator: SeededGenerator
  private let operations = Vips.operations()

  init(seed: Int) { generator = SeededGenerator(seed: seed) }

  mutating func next(among images: [Image]) throws -> (String, JSONValue, [Image]) {
    while true {
      let operation = try Vips.describe(operations.randomElement(using: &generator)!)
      if operation.isFileFormat || operation.isUntrusted { continue }
      let pictures = operation.inputs.filter { $0.isRequired && ($0.type == .image || $0.type == .images) }
      let count =
        pictures.contains { $0.type == .images } ? Int.random(in: 1...4, using: &generator) : pictures.count
      var arguments: [String: JSONValue] = [:]
      for argument in operation.inputs where argument.isRequired || Bool.random(using: &generator) {
        arguments[argument.name] = value(of: argument.type)
      }
      return (
        operation.name, .object(arguments), (0..<count).map { _ in images.randomElement(using: &generator)! }
      )
    }
  }

  private mutating func value(of type: ArgumentType) -> JSONValue? {
    switch type {
    case .bool: return .bool(Bool.random(using: &generator))
    case .int(let range, let usual):
      let some = [0, 1, 2, -1, 3, 100, 100_000, 1_000_000_000, usual, range.lowerBound, range.upperBound]
      return JSONValue(some.filter(range.contains).randomElement(using: &generator) ?? usual)
    case .double(let range, let usual):
      let some = [0, 1, -1, 0.5, 1e-9, 1e9, 1e30, usual, range.lowerBound, range.upperBound]
      return .number(some.filter(range.contains).randomElement(using: &generator) ?? usual)
    case .string: return .string(["", "a", "srgb", "<b>x</b>"].randomElement(using: &generator)!)
    case .choice(let names, _), .flags(let names):
      return names.randomElement(using: &generator).map { .string($0) }
    case .interpolator: return .string(["nearest", "bicubic", "nohalo"].randomElement(using: &generator)!)
    case .ints, .doubles:
      let count = Int.random(in: 0...6, using: &generator)
      return .array(
        (0..<count).map { _ in
          JSONValue([0, 1, -1, 7, 255, 100_000, 1_000_000_000].randomElement(using: &generator)!)
        })
    case .image, .images, .bytes, .unsupported: return nil
    }
  }
}

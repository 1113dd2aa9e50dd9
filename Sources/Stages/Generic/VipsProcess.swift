import Foundation
import Imaging
import PipelineKit

/// Runs a libvips operation that a document named in a process of its own, because libvips crashes, hangs or takes all
/// memory for some arguments and pictures, and no list of them would be complete.
///
/// Pictures go there and back as files of libvips' own format in the stage's scratch folder, which are mapped.
struct VipsProcess {
  private let parameters: VipsParameters

  init(_ parameters: VipsParameters) { self.parameters = parameters }

  /// The picture that the operation makes of these.
  ///
  /// - Throws: ``StageFailure``, which names the operation and says what happened; `CancellationError`.
  func picture(of pictures: [Picture], _ context: StageContext) async throws -> Image {
    try await inFolder(of: context) { folder in
      let result = folder.appending(path: "result.v").path(percentEncoded: false)
      _ = try await answer(pictures, result: result, in: folder, context)
      return try Image.takeRaw(result)
    }
  }

  /// The numbers and texts that the operation finds, by libvips' names.
  ///
  /// - Throws: as `picture`.
  func numbers(of pictures: [Picture], _ context: StageContext) async throws -> [String: JSONValue] {
    try await inFolder(of: context) { folder in
      guard let numbers = try await answer(pictures, result: nil, in: folder, context).object else {
        throw InternalFault("the answer of '\(parameters.operation)' is no object")
      }
      return numbers
    }
  }

  private func inFolder<Result>(of context: StageContext, _ body: (URL) async throws -> Result) async throws
    -> Result
  {
    let folder = try context.scratch.appending(path: "libvips", directoryHint: .isDirectory)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder)
  }

  private func answer(_ pictures: [Picture], result: String?, in folder: URL, _ context: StageContext)
    async throws
    -> JSONValue
  {
    let helper = try HelperProgram.offered(by: context.services)
    try parameters.call.check(pictureCount: pictures.count)
    let files = pictures.indices.map { folder.appending(path: "picture-\($0).v").path(percentEncoded: false) }
    for (picture, file) in zip(pictures, files) {
      try evaluate(context.monitor) { try picture.image.writeRaw(to: file, monitor: $0) }
    }
    let request = VipsRequest(
      operation: parameters.operation, arguments: parameters.arguments, pictures: files, result: result,
      resultBytes: parameters.resultMegabytes * 1_000_000, threads: Vips.threads)
    let limits = ProcessLimits(
      time: .seconds(parameters.timeoutSeconds), memory: parameters.memoryMegabytes * 1_000_000,
      file: parameters.resultMegabytes * 1_000_000 + VipsRequest.metadataBytes)
    return try await helper.run(
      VipsRequest.task, named: "vips \(parameters.operation)", request.json, in: folder, limits: limits,
      monitor: context.monitor)
  }
}

/// What the process of a libvips operation is asked, and how it answers.
struct VipsRequest {
  var operation: String
  var arguments: JSONValue
  /// The files of its pictures, in libvips' own format.
  var pictures: [String]
  /// The file to write the picture to that it makes; nil when its numbers are asked for.
  var result: String?
  /// The most bytes of pixels that the picture may have.
  var resultBytes: Int
  var threads: Int

  /// What a file may hold besides pixels.
  static let metadataBytes = 64 << 20

  /// The task of the process.
  static let task = HelperTask("libvips") { json, progress in
    let request = try VipsRequest(json)
    do {
      return try request.answer(EvaluationMonitor(progress: progress))
    } catch ImagingError.corrupt(let path, let detail) where request.pictures.contains(path) {
      // The files are sound, for the stage has just written them: it is the operation that failed on them.
      throw ImagingError.operationFailed(request.operation, message: detail)
    }
  }

  /// The numbers it finds, or null once the picture it makes is written.
  private func answer(_ monitor: EvaluationMonitor) throws -> JSONValue {
    try Vips.start(VipsSettings(threads: threads))
    let call = try VipsCall(operation: operation, arguments: arguments)
    let results = try call.results(of: pictures.map { try Image.openRaw($0) }, monitor: monitor)
    guard let result else { return try numbers(results) }
    guard let image = call.resultNames.lazy.compactMap({ results[$0]?.image }).first else {
      throw StageFailure("libvips' '\(operation)' gives no picture", advice: "use measure.vips for numbers")
    }
    // As numbers with fractions, for the product may be beyond all integers.
    let bytes = [image.width, image.height, image.bands, image.format.byteCount].map(Double.init).reduce(1, *)
    guard bytes <= Double(resultBytes) else {
      throw StageFailure(
        "'\(operation)' would make a picture of \(image), more than \(resultBytes / 1_000_000) megabytes",
        advice: "raise resultMegabytes if that is meant")
    }
    try image.writeRaw(to: result, monitor: monitor)
    return .null
  }

  private func numbers(_ results: [String: VipsValue]) throws -> JSONValue {
    let numbers = results.compactMapValues { value -> JSONValue? in
      switch value {
      case .bool(let value): .bool(value)
      case .int(let value): JSONValue(value)
      // libvips answers infinity where nothing was measured, and JSON has no such number.
      case .double(let value): value.isFinite ? .number(value) : .null
      case .string(let value): .string(value)
      case .ints(let values): .array(values.map { JSONValue($0) })
      case .doubles(let values): .array(values.map { $0.isFinite ? .number($0) : .null })
      case .image, .images, .bytes: nil
      }
    }
    guard !numbers.isEmpty else {
      throw StageFailure("libvips' '\(operation)' gives no numbers", advice: "use image.vips for pictures")
    }
    return .object(numbers)
  }
}

extension VipsRequest {
  fileprivate var json: JSONValue {
    [
      "operation": .string(operation), "arguments": arguments,
      "pictures": .array(pictures.map { .string($0) }),
      "result": result.map { .string($0) } ?? .null, "resultBytes": JSONValue(resultBytes),
      "threads": JSONValue(threads),
    ]
  }

  fileprivate init(_ json: JSONValue) throws {
    guard let operation = json["operation"]?.string, let arguments = json["arguments"],
      let pictures = json["pictures"]?.array, let bytes = json["resultBytes"]?.integer,
      let threads = json["threads"]?.integer
    else { throw InternalFault("this is no request: \(json)") }
    self.init(
      operation: operation, arguments: arguments, pictures: pictures.compactMap(\.string),
      result: json["result"]?.string, resultBytes: bytes, threads: threads)
  }
}

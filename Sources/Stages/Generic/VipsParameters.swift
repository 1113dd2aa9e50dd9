import Imaging
import PipelineKit

/// A libvips operation and its arguments, checked against libvips' own description.
struct VipsParameters: StageParameters {
  @Parameter(help: "libvips' name for the operation: gaussblur, hist_equal, …") var operation: String
  @Parameter(help: "Its arguments by libvips' names, but for pictures.") var arguments: JSONValue = [:]
  @Parameter(help: "The longest it may take, in seconds.", 0.1...604_800) var timeoutSeconds = 600.0
  @Parameter(
    help: "The most memory it may hold, in megabytes; pictures at its ports are not counted.", 100...1_000_000
  )
  var memoryMegabytes = 4000
  @Parameter(
    help: "The largest picture it may make, and the most it may keep on disk meanwhile, in megabytes.",
    1...1_000_000)
  var resultMegabytes = 4000

  /// - Throws: ``ParameterConflict``; `ImagingError.unknownOperation`.
  var call: VipsCall { get throws { try VipsCall(operation: operation, arguments: arguments) } }

  func conflict() -> ParameterConflict? {
    do {
      _ = try call
      return nil
    } catch let conflict as ParameterConflict {
      return conflict
    } catch {
      return ParameterConflict("operation", "\(error)")
    }
  }
}

/// A call of a libvips operation, complete but for its pictures.
struct VipsCall {
  let operation: OperationDescription
  private let values: [String: VipsValue]

  /// - Throws: ``ParameterConflict``; `ImagingError.unknownOperation`.
  init(operation name: String, arguments: JSONValue) throws {
    guard let members = arguments.object else {
      throw ParameterConflict("arguments", "the arguments are an object, {\"sigma\": 2}")
    }
    let operation = try Vips.describe(name)
    if operation.isFileFormat {
      throw ParameterConflict(
        "operation", "'\(name)' reads or writes a file format, which is for image.load and image.save")
    }
    if operation.isUntrusted {
      throw ParameterConflict(
        "operation", "'\(name)' is not allowed here: libvips does not trust it with data of strangers")
    }
    self.operation = operation
    values = try Dictionary(
      members.map { name, json in try Self.value(name, json, of: operation) }, uniquingKeysWith: { $1 })
    let given = Set(values.keys)
    let missing = operation.inputs.filter { $0.isRequired && !$0.isPicture && !given.contains($0.name) }
    guard missing.isEmpty else {
      throw ParameterConflict(
        "arguments",
        "'\(name)' also needs "
          + missing.map { "'\($0.name)', \($0.type.expectation)" }.joined(separator: "; "))
    }
  }

  private static func value(_ name: String, _ json: JSONValue, of operation: OperationDescription) throws
    -> (String, VipsValue)
  {
    guard let argument = operation.input(name), !argument.isPicture else {
      let names = operation.inputs.filter { !$0.isPicture }.map(\.name)
      throw ParameterConflict(
        "arguments",
        "'\(operation.name)' has no argument '\(name)' to set here; it has \(names.joined(separator: ", "))")
    }
    guard let value = argument.type.value(of: json) else {
      throw ParameterConflict(
        "arguments", "'\(name)' of '\(operation.name)' takes \(argument.type.expectation)")
    }
    if let text = value.string, argument.opensFile(text) {
      throw ParameterConflict(
        "arguments", "'\(name)' of '\(operation.name)' names a file, which is out of reach")
    }
    return (argument.name, value)
  }

  /// - Throws: ``ParameterConflict`` unless the operation takes that many pictures.
  func check(pictureCount: Int) throws {
    let (least, most) = (required.count, isList ? Int.max : required.count + optional.count)
    guard pictureCount < least || pictureCount > most else { return }
    let words =
      isList
      ? "one picture or more" : least == most ? Self.pictures(least) : "\(least) to \(Self.pictures(most))"
    throw ParameterConflict(
      "operation",
      "'\(operation.name)' takes \(words), and \(pictureCount) \(pictureCount == 1 ? "is" : "are") linked")
  }

  private static func pictures(_ count: Int) -> String {
    count == 0 ? "no picture" : count == 1 ? "1 picture" : "\(count) pictures"
  }

  /// Runs the operation on these pictures, in this process.
  func results(of pictures: [Image], monitor: EvaluationMonitor) throws -> [String: VipsValue] {
    var values = values
    if let list = required.first(where: { $0.type == .images }) {
      values[list.name] = .images(pictures)
    } else {
      for (argument, picture) in zip(required + optional, pictures) {
        values[argument.name] = .image(picture)
      }
    }
    return try Vips.call(operation.name, values, monitor: monitor)
  }

  /// The names that its resulting picture has, the likeliest first: an operation that draws gives what it drew into.
  var resultNames: [String] { ["out"] + operation.inputs.filter(\.isModified).map(\.name) }

  private var required: [ArgumentDescription] { operation.inputs.filter { $0.isRequired && $0.isPicture } }
  private var optional: [ArgumentDescription] {
    operation.inputs.filter { !$0.isRequired && $0.type == .image }
  }
  private var isList: Bool { required.contains { $0.type == .images } }
}

extension ArgumentDescription {
  var isPicture: Bool { type == .image || type == .images }
}

extension ArgumentType {
  /// The value that JSON stands for; nil when it does not fit.
  fileprivate func value(of json: JSONValue) -> VipsValue? {
    switch self {
    case .bool: json.bool.map { .bool($0) }
    case .int(let range, _): json.integer.flatMap { range.contains($0) ? .int($0) : nil }
    case .double(let range, _): json.number.flatMap { range.contains($0) ? .double($0) : nil }
    case .string, .flags, .interpolator: json.string.map { .string($0) }
    case .choice(let names, _): json.string.flatMap { names.contains($0) ? .string($0) : nil }
    case .ints:
      json.array.flatMap { values in
        let numbers = values.compactMap(\.integer)
        return numbers.count == values.count ? .ints(numbers) : nil
      }
    case .doubles:
      json.array.flatMap { values in
        let numbers = values.compactMap(\.number)
        return numbers.count == values.count ? .doubles(numbers) : nil
      }
    case .image, .images, .bytes, .unsupported: nil
    }
  }
}

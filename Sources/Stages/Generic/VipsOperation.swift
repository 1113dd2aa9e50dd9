import Imaging
import PipelineKit

/// Runs any libvips operation whose result is a picture.
struct VipsOperation: Stage {
  static let name = "image.vips"
  static let summary = "Runs any libvips operation by its name."
  static let discussion = """
    Linked pictures become the operation's picture arguments, in libvips' order; an operation that takes a list of
    pictures gets them all. `arguments` holds the rest under libvips' names. What an operation takes is in libvips'
    own manual (`vips OPERATION`); every argument is checked before anything runs.
    """
  static let images = ManyInputs<Picture>("images", help: "The operation's pictures, in libvips' order.")
  static let image = Output<Picture>("image", help: "The operation's result.")
  static let inputs: [any StagePort] = [images]
  static let outputs: [any StagePort] = [image]

  typealias Parameters = VipsParameters
  var parameters: Parameters

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    let results = try parameters.call(inputs[Self.images], context)
    guard let image = results["out"]?.image else {
      throw StageFailure(
        "libvips' '\(parameters.operation)' gives no picture", advice: "use measure.vips for numbers")
    }
    return StageOutputs(Self.image, Picture(image))
  }
}

/// Runs any libvips operation whose result is numbers.
struct VipsMeasurement: Stage {
  static let name = "measure.vips"
  static let summary = "Runs any libvips operation that measures, and reports its numbers."
  static let images = ManyInputs<Picture>("images", help: "The operation's pictures, in libvips' order.")
  static let report = Output<Report>("report", help: "The operation's numbers and texts, by libvips' names.")
  static let inputs: [any StagePort] = [images]
  static let outputs: [any StagePort] = [report]

  typealias Parameters = VipsParameters
  var parameters: Parameters

  var effort: Effort { .compute }

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    let results = try parameters.call(inputs[Self.images], context)
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
      throw StageFailure(
        "libvips' '\(parameters.operation)' gives no numbers", advice: "use image.vips for pictures")
    }
    return StageOutputs(Self.report, Report(json: .object(numbers)))
  }
}

/// A libvips operation and its arguments, checked against libvips' own description.
struct VipsParameters: StageParameters {
  @Parameter(help: "libvips' name for the operation: gaussblur, hist_equal, …") var operation: String
  @Parameter(help: "Its arguments by libvips' names, but for pictures.") var arguments: JSONValue = [:]

  func conflict() -> ParameterConflict? {
    do {
      _ = try values()
      return nil
    } catch let conflict as ParameterConflict {
      return conflict
    } catch {
      return ParameterConflict("operation", "\(error)")
    }
  }

  /// Runs the operation on these pictures.
  func call(_ pictures: [Picture], _ context: StageContext) throws -> [String: VipsValue] {
    let described = try Vips.describe(operation)
    var values = try values()
    let slots = described.inputs.filter { ($0.type == .image && $0.isRequired) || $0.type == .images }
    if let list = slots.first(where: { $0.type == .images }) {
      values[list.name] = .images(pictures.map(\.image))
    } else {
      let optional = described.inputs.filter { $0.type == .image && !$0.isRequired }
      guard pictures.count >= slots.count, pictures.count <= slots.count + optional.count else {
        throw StageFailure("'\(operation)' takes \(slots.count) pictures, and \(pictures.count) are linked")
      }
      for (slot, picture) in zip(slots + optional, pictures) { values[slot.name] = .image(picture.image) }
    }
    return try evaluate(context.monitor) { try Vips.call(operation, values, monitor: $0) }
  }

  private func values() throws -> [String: VipsValue] {
    guard let members = arguments.object else {
      throw ParameterConflict("arguments", "the arguments are an object, {\"sigma\": 2}")
    }
    let described = try Vips.describe(operation)
    var values: [String: VipsValue] = [:]
    for (name, json) in members {
      guard let argument = described.input(name), argument.type != .image, argument.type != .images else {
        let names = described.inputs.filter { $0.type != .image && $0.type != .images }.map(\.name)
        throw ParameterConflict(
          "arguments",
          "'\(operation)' has no argument '\(name)' to set here; it has \(names.joined(separator: ", "))")
      }
      guard let value = argument.type.value(of: json) else {
        throw ParameterConflict("arguments", "'\(name)' of '\(operation)' takes \(argument.type.expectation)")
      }
      values[argument.name] = value
    }
    return values
  }
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

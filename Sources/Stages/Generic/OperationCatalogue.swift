import Imaging
import PipelineKit

/// The operations of libvips that a stage may run, for people.
public struct OperationCatalogue {
  private let stage: String
  /// Whether an operation gives what the stage makes of it.
  private let fits: (OperationDescription) -> Bool

  /// The operations of `image.vips` or `measure.vips`; nil for any other stage.
  public init?(of stage: String) {
    let makesPicture = { (operation: OperationDescription) in
      operation.outputs.contains { $0.type == .image }
        // What draws into a picture gives that picture.
        || operation.inputs.contains { $0.isModified }
    }
    switch stage {
    case VipsOperation.name: fits = makesPicture
    case VipsMeasurement.name: fits = { !makesPicture($0) && !$0.outputs.isEmpty }
    default: return nil
    }
    self.stage = stage
  }

  /// A line for each: name, and what libvips says of it.
  public func list() throws -> String {
    try Vips.start()
    let found = Vips.operations().compactMap { try? Vips.describe($0) }.filter {
      !$0.isFileFormat && !$0.isUntrusted && fits($0)
    }
    let width = found.map(\.name.count).max() ?? 0
    return found.map { $0.name + String(repeating: " ", count: width - $0.name.count) + "  " + $0.summary }
      .joined(
        separator: "\n")
  }

  /// One operation: its arguments with types, ranges and defaults, and how a stage runs it.
  ///
  /// - Throws: ``ImagingError`` for a name that libvips does not have; ``StageFailure`` for an operation that the stage
  ///   does not run.
  public func page(_ name: String) throws -> String {
    try Vips.start()
    let operation = try Vips.describe(name)
    guard !operation.isFileFormat, !operation.isUntrusted else {
      throw StageFailure(
        "'\(name)' reads or writes files, or is not for data of strangers, so that no stage runs it")
    }
    guard fits(operation) else {
      throw StageFailure(
        "'\(name)' gives \(stage == VipsOperation.name ? "no picture; measure.vips runs it" : "a picture; image.vips runs it")"
      )
    }
    let pictures = operation.inputs.filter(\.isPicture)
    let settings = operation.inputs.filter { !$0.isPicture }
    var sections = ["\(operation.name)\n\(operation.summary)"]
    let described = { (arguments: [ArgumentDescription]) in
      arguments.map { argument in
        let standard = argument.isRequired ? nil : argument.type.standard
        return "  \(argument.name)\(argument.isRequired ? " (required)" : "")  \(argument.help); "
          + argument.type.expectation + (standard.map { ", \($0) unless given" } ?? "")
      }.joined(separator: "\n")
    }
    if !pictures.isEmpty { sections.append("PICTURES, in the order of the links\n" + described(pictures)) }
    if !settings.isEmpty { sections.append("ARGUMENTS\n" + described(settings)) }
    let results = operation.outputs.map { "  \($0.name)  \($0.help); \($0.type.expectation)" }
    if !results.isEmpty { sections.append("RESULTS\n" + results.joined(separator: "\n")) }
    let arguments = settings.filter(\.isRequired).map { "\"\($0.name)\": …" }.joined(separator: ", ")
    sections.append(
      "EXAMPLE\n  \"\(operation.name)\": {\"use\": \"\(stage)\", \"in\": {\"images\": [\"photo.image\"]},\n"
        + "    \"set\": {\"operation\": \"\(operation.name)\", \"arguments\": {\(arguments)}}}")
    return sections.joined(separator: "\n\n")
  }
}

extension ArgumentType {
  /// What libvips takes where the argument is not given; nil where that is not said.
  fileprivate var standard: String? {
    switch self {
    case .bool(let value): "\(value)"
    case .int(_, let value): "\(value)"
    case .double(_, let value): "\(value)"
    case .choice(_, let value): value
    default: nil
    }
  }
}

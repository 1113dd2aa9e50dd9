import ArgumentParser
import Diffusion
import Foundation
import PipelineKit

/// Says what a model consists of, and whether its weights are those its networks need.
struct InspectModel: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Say what a model consists of, and check every weight's name and shape.",
    discussion: """
      For each component: its class, its files, how many parameters of which type they hold, and all weights that \
      are missing, not needed or of another shape. Nothing in the files is executed. The exit code is 4 when \
      something does not fit.
      """)

  @Argument(
    help: "A model's folder, file or name.", completion: .custom { _, _, _ in CompletionNames.models })
  var model: String

  @OptionGroup var models: ModelOptions

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let inspection = try ModelInspection(path: try models.path(of: model))
    if json {
      print(JSONWriter.pretty(Self.json(inspection)), terminator: "")
    } else {
      print("\(inspection.pipelineClass)  \(inspection.path)")
      for component in inspection.components { Self.describe(component, in: inspection.path) }
    }
    guard inspection.isWhole else { throw Reported(exitCode: 4) }
  }

  private static func describe(_ component: ModelInspection.Component, in folder: String) {
    print("\n\(component.name)  \(component.className)")
    for file in component.files {
      print("  \(file.hasPrefix("\(folder)/") ? String(file.dropFirst(folder.count + 1)) : file)")
    }
    if component.parameterCount > 0 {
      let types = component.parameters.sorted { $0.value > $1.value }.map { type, count in
        "\(Self.count(count)) \(type.rawValue)"
      }
      print("  \(types.joined(separator: ", ")), \(ProgressView.size(component.bytes))")
    }
    if let quantization = component.quantization { print("  quantised: \(quantization.description)") }
    switch (component.fault, component.isNetwork) {
    case (let fault?, _): print("  " + fault.replacing("\n", with: "\n  "))
    case (nil, true): print("  every weight is there and fits")
    case (nil, false):
      print(component.hasWeights ? "  not checked: no network of this program" : "  settings")
    }
  }

  /// `859.5 M`.
  private static func count(_ number: Int) -> String {
    switch number {
    case ..<1000: "\(number)"
    case ..<1_000_000: String(format: "%.1f k", Double(number) / 1e3)
    default: String(format: "%.1f M", Double(number) / 1e6)
    }
  }

  private static func json(_ inspection: ModelInspection) -> JSONValue {
    let components = inspection.components.map { component -> JSONValue in
      .object([
        "name": .string(component.name), "class": .string(component.className),
        "files": .array(component.files.map { .string($0) }),
        "parameters": .object(
          Dictionary(
            uniqueKeysWithValues: component.parameters.map { ($0.key.rawValue, .number(Double($0.value))) })),
        "bytes": .number(Double(component.bytes)),
        "quantization": component.quantization.map {
          ["weights": JSONValue($0.weights), "inputs": JSONValue($0.inputs)]
        } ?? .null,
        "checked": .bool(component.isNetwork),
        "fault": component.fault.map { .string($0) } ?? .null,
      ])
    }
    return .object([
      "path": .string(inspection.path), "class": .string(inspection.pipelineClass),
      "bytes": .number(Double(inspection.bytes)), "whole": .bool(inspection.isWhole),
      "components": .array(components),
    ])
  }
}

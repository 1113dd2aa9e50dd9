public import Foundation
public import PipelineKit

/// A number that flows through ports of type `number`, for testing pipelines without pictures.
public struct Number: PortValue, Hashable {
  /// The number.
  public var value: Double
  /// The memory it claims to take, for testing memory budgets.
  public var bytes: Int

  /// A number that claims to take so much memory.
  public init(_ value: Double, bytes: Int = 8) {
    self.value = value
    self.bytes = bytes
  }

  /// `number`.
  public static let portType: PortType = "number"
  /// The number and the memory it claims to take.
  public var shape: ValueShape { ValueShape(summary: "\(value)", bytes: bytes) }

  /// Writes the file `value.json`.
  public func write(to folder: URL, monitor: Monitor) throws {
    try export(to: folder.appending(path: "value.json"), monitor: monitor)
  }
  /// Reads the file `value.json`.
  public static func read(from folder: URL) throws -> Number {
    try imported(from: folder.appending(path: "value.json"))
  }

  /// `json`.
  public static let exchangeExtension = "json"
  /// Writes a list of the number and the memory it claims to take.
  public func export(to file: URL, monitor: Monitor) throws {
    try JSONWriter.canonical([.number(value), JSONValue(bytes)]).write(to: file)
  }
  /// Reads a number, or a list of a number and the memory it claims to take.
  public static func imported(from file: URL) throws -> Number {
    let json = try JSONValue(parsing: String(contentsOf: file, encoding: .utf8))
    if let value = json.number { return Number(value) }
    guard let parts = json.array, parts.count == 2, let value = parts[0].number, let bytes = parts[1].integer
    else { throw StageFailure("'\(file.lastPathComponent)' holds no number") }
    return Number(value, bytes: bytes)
  }
}

public import Foundation
public import PipelineKit

/// A value whose store form and exchange form are both one small JSON file.
public protocol JSONFileValue: PortValue {
  /// The value as JSON.
  var json: JSONValue { get }
  /// The value from JSON; nil when it is not one.
  init?(json: JSONValue)
}

extension JSONFileValue {
  /// The exchange form's file extension.
  public static var exchangeExtension: String { "json" }

  /// Writes the store form.
  public func write(to folder: URL, monitor: Monitor) throws {
    try export(to: folder.appending(path: "value.json"), monitor: monitor)
  }

  /// Reads the store form.
  public static func read(from folder: URL) throws -> Self {
    try imported(from: folder.appending(path: "value.json"))
  }

  /// Writes the exchange form.
  public func export(to file: URL, monitor: Monitor) throws {
    try Data(JSONWriter.pretty(json).utf8).write(to: file)
  }

  /// Reads the exchange form.
  public static func imported(from file: URL) throws -> Self {
    let text = String(decoding: try Data(ofFile: file), as: UTF8.self)
    guard let json = try? JSONValue(parsing: text), let value = Self(json: json) else {
      throw StageFailure("'\(file.lastPathComponent)' holds no \(Self.portType)")
    }
    return value
  }
}

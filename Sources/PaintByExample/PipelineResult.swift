public import Imaging
public import PipelineKit
import Stages

/// What a run of a document has made.
public struct PipelineResult: Sendable {
  /// The values at the document's outputs, by name. They are in memory, and need no file of the run.
  public internal(set) var values: [String: any PortValue] = [:]
  /// The files that were written.
  public internal(set) var files: [Delivery] = []
  /// The files that stages of the document would have written, had there been a folder for them.
  public internal(set) var unwritten: [Plan.UnwrittenFile] = []
  /// What the user should know though it is no fault.
  public internal(set) var warnings: [String] = []
  /// How long it took.
  public internal(set) var seconds = 0.0

  /// The picture at an output; of a mask, its grey values.
  ///
  /// - Throws: ``NoSuchOutput``.
  public func image(_ name: String) throws -> Image {
    if let mask = values[name] as? Mask { return mask.image }
    return try value(name, as: Picture.self).image
  }

  /// The measurements at an output.
  ///
  /// - Throws: ``NoSuchOutput``.
  public func report(_ name: String) throws -> JSONValue { try value(name, as: Report.self).json }

  /// The value at an output.
  ///
  /// - Throws: ``NoSuchOutput``.
  public func value<Value: PortValue>(_ name: String, as type: Value.Type = Value.self) throws -> Value {
    guard let found = values[name] else {
      throw NoSuchOutput(
        description: "the document has no output '\(name)' that returns a value; it has "
          + (values.isEmpty ? "none" : values.keys.sorted().joined(separator: ", ")))
    }
    guard let value = found as? Value else {
      throw NoSuchOutput(
        description:
          "the output '\(name)' is of type \(Swift.type(of: found).portType), not \(Value.portType)")
    }
    return value
  }
}

/// An output was asked for that a run did not return, or not of that type.
public struct NoSuchOutput: Error, Sendable, CustomStringConvertible {
  /// In words, with the outputs there are.
  public let description: String
}

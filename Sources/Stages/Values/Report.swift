public import PipelineKit

/// The value at a `report` port: measurements as JSON.
public struct Report: JSONFileValue, Hashable {
  /// The measurements.
  public let json: JSONValue

  /// A report.
  public init(json: JSONValue) { self.json = json }

  /// The type of port it flows through.
  public static let portType: PortType = "report"

  /// What a plan says of it.
  public var shape: ValueShape {
    ValueShape(summary: String(decoding: JSONWriter.canonical(json), as: UTF8.self), bytes: 0)
  }
}

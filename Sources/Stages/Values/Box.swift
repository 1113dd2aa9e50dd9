import Training
public import PipelineKit

/// The value at a `box` port: a rectangle of whole pixels; x and y are its upper left corner.
///
/// A box may reach beyond its picture, as the context around an object near the edge does.
public struct Box: JSONFileValue, Hashable {
  /// Columns left of the box.
  public var x: Int
  /// Rows above the box.
  public var y: Int
  /// Columns in the box.
  public var width: Int
  /// Rows in the box.
  public var height: Int

  /// A rectangle of whole pixels.
  public init(x: Int, y: Int, width: Int, height: Int) {
    self.x = x
    self.y = y
    self.width = width
    self.height = height
  }

  /// The type of port it flows through.
  public static let portType: PortType = "box"
  /// What a plan says of it.
  public var shape: ValueShape { ValueShape(summary: "\(width)×\(height) at \(x), \(y)", bytes: 0) }

  /// The value as JSON.
  public var json: JSONValue {
    ["x": JSONValue(x), "y": JSONValue(y), "width": JSONValue(width), "height": JSONValue(height)]
  }

  /// The value from JSON of its kind.
  public init?(json: JSONValue) {
    guard let x = json["x"]?.integer, let y = json["y"]?.integer, let width = json["width"]?.integer,
      let height = json["height"]?.integer, width > 0, height > 0
    else { return nil }
    self.init(x: x, y: y, width: width, height: height)
  }
}

extension PixelBox {
  init(_ box: Box) { self.init(x: box.x, y: box.y, width: box.width, height: box.height) }
}

extension Box {
  init(_ box: PixelBox) { self.init(x: box.x, y: box.y, width: box.width, height: box.height) }
}

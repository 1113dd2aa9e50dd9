public import PipelineKit

/// The value at a `placement` port: how a crop maps back to the picture it was cut from.
///
/// The crop shows `box` of a picture of `sceneWidth`×`sceneHeight` pixels, scaled to `width`×`height`.
/// Where the box reaches beyond the picture, the crop shows its edge pixels again, and nothing is pasted back.
public struct Placement: JSONFileValue, Hashable {
  /// The part of the picture that the crop shows.
  public var box: Box
  /// Columns of the picture.
  public var sceneWidth: Int
  /// Rows of the picture.
  public var sceneHeight: Int
  /// Columns of the crop.
  public var width: Int
  /// Rows of the crop.
  public var height: Int

  /// How a crop maps back.
  public init(box: Box, sceneWidth: Int, sceneHeight: Int, width: Int, height: Int) {
    self.box = box
    self.sceneWidth = sceneWidth
    self.sceneHeight = sceneHeight
    self.width = width
    self.height = height
  }

  /// The type of port it flows through.
  public static let portType: PortType = "placement"
  /// What a plan says of it.
  public var shape: ValueShape {
    ValueShape(summary: "\(width)×\(height) for \(box.shape.summary)", bytes: 0)
  }

  /// The value as JSON.
  public var json: JSONValue {
    [
      "box": box.json, "sceneWidth": JSONValue(sceneWidth), "sceneHeight": JSONValue(sceneHeight),
      "width": JSONValue(width), "height": JSONValue(height),
    ]
  }

  /// The value from JSON of its kind.
  public init?(json: JSONValue) {
    guard let box = json["box"].flatMap(Box.init(json:)), let sceneWidth = json["sceneWidth"]?.integer,
      let sceneHeight = json["sceneHeight"]?.integer, let width = json["width"]?.integer,
      let height = json["height"]?.integer, min(sceneWidth, sceneHeight, width, height) > 0
    else { return nil }
    self.init(box: box, sceneWidth: sceneWidth, sceneHeight: sceneHeight, width: width, height: height)
  }
}

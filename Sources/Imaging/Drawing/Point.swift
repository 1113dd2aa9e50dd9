/// A place in a picture: x to the right and y down from the upper left corner, in pixels. The middle of the first
/// pixel is at (0.5, 0.5).
public struct Point: Sendable, Hashable {
  /// To the right.
  public var x: Double
  /// Down.
  public var y: Double

  /// A place in a picture.
  public init(x: Double, y: Double) {
    self.x = x
    self.y = y
  }
}

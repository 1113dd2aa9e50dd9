/// A node that cannot be, found when it was to be made.
public struct GraphError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The layer in which it was to be made: `down_blocks.0.resnets.1`; empty at the top.
  public let layer: String
  /// The operator: `convolution`.
  public let operation: String
  /// What does not fit, with the types at hand.
  public let message: String

  /// A node that cannot be.
  public init(layer: String, operation: String, message: String) {
    self.layer = layer
    self.operation = operation
    self.message = message
  }

  /// `down_blocks.0.resnets.1: convolution: …`.
  public var description: String {
    (layer.isEmpty ? "" : "\(layer): ") + "\(operation): \(message)"
  }
}

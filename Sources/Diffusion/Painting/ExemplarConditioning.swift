public import Tensors

/// What conditions a denoiser on an exemplar, and what stands for no exemplar.
public struct ExemplarConditioning: Sendable, Hashable {
  /// Context tokens, `[1, tokens, width]`.
  public let context: Tensor
  /// The token that stands for no exemplar, `[1, 1, width]`.
  public let unconditional: Tensor

  /// Conditioning and its unconditional twin.
  ///
  /// - Precondition: the shapes are as above, of one width.
  public init(context: Tensor, unconditional: Tensor) {
    precondition(
      context.shape.count == 3 && context.shape[0] == 1
        && unconditional.shape == [1, 1, context.shape[2]],
      "\(context.shape) and \(unconditional.shape) are no conditioning")
    (self.context, self.unconditional) = (context, unconditional)
  }

  /// How many tokens.
  public var tokens: Int { context.shape[1] }
  /// Their width.
  public var width: Int { context.shape[2] }

  /// The unconditional token, once for each context token: attending to equal tokens is attending to one.
  var repeatedUnconditional: [Float] {
    let token = unconditional.floats
    return (0..<tokens).flatMap { _ in token }
  }
}

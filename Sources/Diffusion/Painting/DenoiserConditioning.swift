public import Tensors

/// What conditions a denoiser, an exemplar or a prompt, and what stands for its absence.
public struct DenoiserConditioning: Sendable, Hashable {
  /// Context tokens, `[1, tokens, width]`.
  public let context: Tensor
  /// What stands for no exemplar, or for what the picture is not to show: `[1, 1 or tokens, width]`.
  public let unconditional: Tensor

  /// Conditioning and its unconditional twin.
  ///
  /// - Precondition: the shapes are as above, of one width.
  public init(context: Tensor, unconditional: Tensor) {
    precondition(
      Self.belongTogether(context.shape, unconditional.shape),
      "\(context.shape) and \(unconditional.shape) are no conditioning")
    (self.context, self.unconditional) = (context, unconditional)
  }

  /// Whether tensors of these shapes are a conditioning.
  package static func belongTogether(_ context: [Int], _ unconditional: [Int]) -> Bool {
    context.count == 3 && context[0] == 1 && context.allSatisfy { $0 > 0 }
      && (unconditional == [1, 1, context[2]] || unconditional == context)
  }

  /// How many tokens.
  public var tokens: Int { context.shape[1] }
  /// Their width.
  public var width: Int { context.shape[2] }

  /// As many unconditional tokens as the context has: a single one is repeated, since attending to equal tokens is
  /// attending to one.
  var unconditionalTokens: [Float] {
    let values = unconditional.floats
    return unconditional.shape[1] == tokens ? values : (0..<tokens).flatMap { _ in values }
  }
}

public import Tensors

/// What conditions a denoiser, an exemplar or a prompt, and what stands for its absence.
public struct DenoiserConditioning: Sendable, Hashable {
  /// Context tokens, `[1, tokens, width]`.
  public let context: Tensor
  /// What stands for no exemplar, or for what the picture is not to show: `[1, 1 or tokens, width]`.
  public let unconditional: Tensor
  /// Tokens of pictures beside these, for a denoiser with an IP-Adapter.
  public var images: ImageConditioning?

  /// Conditioning and its unconditional twin.
  ///
  /// - Precondition: the shapes are as above, of one width.
  public init(context: Tensor, unconditional: Tensor) {
    precondition(
      Self.belongTogether(context.shape, unconditional.shape),
      "\(context.shape) and \(unconditional.shape) are no conditioning")
    (self.context, self.unconditional) = (context, unconditional)
  }

  /// The conditioning of several exemplars: the tokens of one after those of the other, and one unconditional token for all.
  ///
  /// - Precondition: there are some, of one model, each with one unconditional token and none of an IP-Adapter.
  public static func joined(_ parts: [DenoiserConditioning]) -> DenoiserConditioning {
    let (width, unconditional) = (parts[0].width, parts[0].unconditional)
    precondition(
      parts.allSatisfy { $0.unconditional == unconditional && $0.images == nil },
      "only what one model made of exemplars can be joined")
    let tokens = parts.reduce(0) { $0 + $1.tokens }
    return DenoiserConditioning(
      context: Tensor(parts.flatMap(\.context.floats), shape: [1, tokens, width]),
      unconditional: unconditional)
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

  /// How many tokens of each kind a conditioning has.
  package struct Shape: Sendable, Hashable {
    /// Of text, or of an exemplar through the mapper.
    package var tokens: Int
    /// Of pictures through an IP-Adapter.
    package var imageTokens = 0

    /// So many.
    package init(tokens: Int, imageTokens: Int = 0) {
      (self.tokens, self.imageTokens) = (tokens, imageTokens)
    }
  }

  /// How many tokens of each kind.
  package var shape: Shape { Shape(tokens: tokens, imageTokens: images?.tokens.shape[1] ?? 0) }

  /// As many unconditional tokens as the context has: a single one is repeated, since attending to equal tokens is
  /// attending to one.
  var unconditionalTokens: [Float] {
    let values = unconditional.floats
    return unconditional.shape[1] == tokens ? values : (0..<tokens).flatMap { _ in values }
  }
}

/// What an IP-Adapter makes of pictures: tokens that a denoiser attends to beside its text.
public struct ImageConditioning: Sendable, Hashable {
  /// Of all pictures, one after the other, `[1, tokens, width]`.
  public let tokens: Tensor
  /// What stands for no picture, of the same shape.
  public let unconditional: Tensor
  /// How much they count beside the text; 1 as much.
  public let scale: Float

  /// Tokens and their unconditional twin.
  ///
  /// - Precondition: both are `[1, tokens, width]`.
  public init(tokens: Tensor, unconditional: Tensor, scale: Float) {
    precondition(
      Self.belongTogether(tokens.shape, unconditional.shape),
      "\(tokens.shape) and \(unconditional.shape) are no conditioning")
    (self.tokens, self.unconditional, self.scale) = (tokens, unconditional, scale)
  }

  /// Whether tensors of these shapes are a conditioning.
  package static func belongTogether(_ tokens: [Int], _ unconditional: [Int]) -> Bool {
    tokens == unconditional && tokens.count == 3 && tokens[0] == 1 && tokens.allSatisfy { $0 > 0 }
  }
}

import Tensors

/// Multi-head attention of `x` to `context`, both `[batch, tokens, width]`.
///
/// When the context is a single token, softmax over one key is exactly 1, so every query receives the same
/// vector, `to_out(to_v(context))`: it is computed once, `[batch, 1, width]`, for all tokens to share, and
/// queries and keys are never made.
///
/// - Parameters:
///   - isCausal: whether a token attends to no token of the context behind its own place.
///   - images: tokens of pictures that are attended to beside the context, by keys and values of their own.
func attention(
  _ x: Node, to context: Node, heads: Int, names: AttentionNames, hasInputBias: Bool, isCausal: Bool = false,
  images: ImageContext? = nil, _ layers: Layers
) throws -> Node {
  let width = x.shape[2]
  let values = try layers.linear(names.value, context, to: width, hasBias: hasInputBias)
  guard context.shape[1] > 1 || images != nil else {
    return try layers.linear(names.output, values, to: width)
  }

  let queries = try layers.linear(names.query, x, to: width, hasBias: hasInputBias)
  let keys = try layers.linear(names.key, context, to: width, hasBias: hasInputBias)
  let (q, k, v) = try (
    queries.splitIntoHeads(heads), keys.splitIntoHeads(heads), values.splitIntoHeads(heads)
  )
  var mixed = isCausal ? try q.attendingBackwards(keys: k, values: v) : try q.attending(keys: k, values: v)
  if let images {
    let keys = try layers.linear(ImageContext.key, images.tokens, to: width, hasBias: false)
    let values = try layers.linear(ImageContext.value, images.tokens, to: width, hasBias: false)
    let seen = try q.attending(keys: keys.splitIntoHeads(heads), values: values.splitIntoHeads(heads))
    mixed = try mixed + seen * images.scale
  }
  return try layers.linear(names.output, mixed.joinedFromHeads(), to: width)
}

/// What a denoiser attends to.
struct DenoiserContext {
  /// `[batch, tokens, width]`.
  var tokens: Node
  /// Tokens of pictures, where an adapter brings them in.
  var images: ImageContext?

  /// How many contexts.
  var batch: Int { tokens.shape[0] }
  /// Whether there is but one token, so that every query receives the same and none is made.
  var isFolded: Bool { tokens.shape[1] == 1 && images == nil }
}

/// What an IP-Adapter lets a denoiser attend to beside its context: `out(A(q, text) + scale · A(q, images))`.
///
/// Source: Ye et al. 2023, "IP-Adapter: Text Compatible Image Prompt Adapter for Text-to-Image Diffusion Models", section
/// 3.2.2.
struct ImageContext {
  /// `[batch, tokens, width]`.
  var tokens: Node
  /// How much it counts, one number.
  var scale: Node

  /// What the layers are called that make its keys.
  static let key = "to_k_ip"
  /// What the layers are called that make its values.
  static let value = "to_v_ip"
}

/// What an attention layer calls its four projections.
struct AttentionNames {
  var query: String
  var key: String
  var value: String
  var output: String

  /// As diffusers does.
  static let diffusers = AttentionNames(query: "to_q", key: "to_k", value: "to_v", output: "to_out.0")
  /// As CLIP does.
  static let clip = AttentionNames(query: "q_proj", key: "k_proj", value: "v_proj", output: "out_proj")
}

extension Node {
  /// Attention of queries `[batch, heads, tokens, width]` to as many keys and values, without those behind each.
  fileprivate func attendingBackwards(keys: Node, values: Node) throws -> Node {
    let tokens = shape[2]
    // Far below all other scores, and a number in half precision, too.
    let hidden = (0..<tokens * tokens).map { $0 % tokens > $0 / tokens ? Float(-10_000) : 0 }
    let mask = try builder.constant(Constant(Tensor(hidden, shape: [tokens, tokens])))
    let scores = try (self * (1 / Float(shape[3]).squareRoot())).matMul(keys, transposesRight: true) + mask
    return try scores.softmax(axis: 3).matMul(values)
  }

  /// `[batch, tokens, width]` → `[batch, heads, tokens, width / heads]`.
  func splitIntoHeads(_ heads: Int) throws -> Node {
    try reshaped([shape[0], shape[1], heads, shape[2] / heads]).transposed([0, 2, 1, 3])
  }

  /// `[batch, heads, tokens, width]` → `[batch, tokens, heads · width]`.
  func joinedFromHeads() throws -> Node {
    try transposed([0, 2, 1, 3]).reshaped([shape[0], shape[2], shape[1] * shape[3]])
  }

  /// `[batch, channels, height, width]` → `[batch, height · width, channels]`.
  func pixelsAsTokens() throws -> Node {
    try reshaped([shape[0], shape[1], shape[2] * shape[3]]).transposed([0, 2, 1])
  }

  /// `[batch, height · width, channels]` → `[batch, channels, height, width]`.
  func tokensAsPixels(height: Int, width: Int) throws -> Node {
    try transposed([0, 2, 1]).reshaped([shape[0], shape[2], height, width])
  }
}

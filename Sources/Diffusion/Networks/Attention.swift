import Tensors

/// Multi-head attention of `x` to `context`, both `[batch, tokens, width]`.
///
/// When the context is a single token, softmax over one key is exactly 1, so every query receives the same
/// vector, `to_out(to_v(context))`: it is computed once, `[batch, 1, width]`, for all tokens to share, and
/// queries and keys are never made.
///
/// - Parameter isCausal: whether a token attends to no token of the context behind its own place.
func attention(
  _ x: Node, to context: Node, heads: Int, names: AttentionNames, hasInputBias: Bool, isCausal: Bool = false,
  _ layers: Layers
) throws -> Node {
  let width = x.shape[2]
  let values = try layers.linear(names.value, context, to: width, hasBias: hasInputBias)
  guard context.shape[1] > 1 else { return try layers.linear(names.output, values, to: width) }

  let queries = try layers.linear(names.query, x, to: width, hasBias: hasInputBias)
  let keys = try layers.linear(names.key, context, to: width, hasBias: hasInputBias)
  let (q, k, v) = try (
    queries.splitIntoHeads(heads), keys.splitIntoHeads(heads), values.splitIntoHeads(heads)
  )
  let mixed = isCausal ? try q.attendingBackwards(keys: k, values: v) : try q.attending(keys: k, values: v)
  return try layers.linear(names.output, mixed.joinedFromHeads(), to: width)
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

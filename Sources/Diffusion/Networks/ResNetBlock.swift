import Tensors

/// What a network's residual blocks have in common.
struct ResNetStyle {
  var groups: Int
  var epsilon: Float
  var activation: Activation
}

/// Two convolutions, each after normalisation and nonlinearity, around which the input is added.
///
/// `[batch, in, height, width]` → `[batch, channels, height, width]`. `time`, `[1, width]`, already through the
/// nonlinearity, shifts the channels in between.
func resNetBlock(
  _ x: Node, time: Node? = nil, to channels: Int, _ style: ResNetStyle, _ layers: Layers
) throws -> Node {
  var h = try layers.groupNorm("norm1", x, groups: style.groups, epsilon: style.epsilon)
  h = try layers.convolution("conv1", style.activation(h), to: channels)
  if let time {
    let shift = try layers.linear("time_emb_proj", time, to: channels)
    h = try h + shift.reshaped([shift.shape[0], channels, 1, 1])
  }
  h = try layers.groupNorm("norm2", h, groups: style.groups, epsilon: style.epsilon)
  h = try layers.convolution("conv2", style.activation(h), to: channels)
  let shortcut =
    x.shape[1] == channels ? x : try layers.convolution("conv_shortcut", x, to: channels, kernel: 1)
  return try shortcut + h
}

/// Nearest-neighbour enlargement and a convolution.
func upsample(_ x: Node, height: Int, width: Int, _ layers: Layers) throws -> Node {
  try layers.scope("upsamplers.0") {
    try layers.convolution("conv", x.resizedNearest(height: height, width: width), to: x.shape[1])
  }
}

/// A convolution of stride 2.
func downsample(_ x: Node, padding: Operator.Padding, _ layers: Layers) throws -> Node {
  try layers.scope("downsamplers.0") {
    try layers.convolution("conv", x, to: x.shape[1], stride: 2, padding: padding)
  }
}

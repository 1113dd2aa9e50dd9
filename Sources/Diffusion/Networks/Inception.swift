package import Tensors

/// Inception-v3 as the Fréchet and kernel inception distances see by it: from a picture to the features below its
/// classifier.
///
/// It is the network of TensorFlow's `inception-2015-12-05`, whose weights pytorch-fid and torch-fidelity publish as
/// `pt_inception-2015-12-05-6726825d.pth`. Unlike torchvision's, its average pools do not count what lies past the edge,
/// and the last block's pool takes the greatest.
/// Source: Szegedy et al., "Rethinking the Inception Architecture for Computer Vision", 2016. Layer names are those of
/// torchvision's `Inception3`.
package struct Inception: StandaloneNetwork {
  package static let name = "Inception-v3"

  /// Side in pixels of the picture that it sees.
  package var size = 299
  /// How many times narrower than the published network its layers are: a power of 2, at most 16.
  package var reduction = 1

  /// The published shape.
  package init() {}

  /// The shape that weights have: the published one, or one whose layers are narrower by a common factor.
  package init(weightsAt path: String) throws(CheckpointError) {
    let first = try WeightFiles(at: path).checkpoint()["Conv2d_1a_3x3.conv.weight"]?.shape.first ?? 32
    if let narrower = [1, 2, 4, 8, 16].first(where: { $0 * first == 32 }) { reduction = narrower }
  }

  /// Numbers that a picture becomes.
  package var width: Int { 2048 / reduction }

  package func named(_ published: Checkpoint) -> Checkpoint {
    Checkpoint(
      tensors: published.tensors.filter { name, _ in
        !name.hasPrefix("fc.") && !name.hasPrefix("AuxLogits.") && !name.hasSuffix(".num_batches_tracked")
      }, metadata: published.metadata, files: published.files)
  }

  /// The graph from a picture to its features.
  ///
  /// Input: `picture` `[1, 3, size, size]`, −1…1. Output: `features` `[1, width]`.
  package func graph(_ weights: any Weights) throws -> Graph {
    let builder = GraphBuilder()
    let picture = try builder.input("picture", .f32, [1, 3, size, size])
    let layers = Layers(builder: builder, weights: weights)
    var h = try stem(picture, layers)
    for (name, pool) in [("Mixed_5b", 32), ("Mixed_5c", 64), ("Mixed_5d", 64)] {
      h = try block(name, h, layers) { try blockA($0, pool: pool, $1) }
    }
    h = try block("Mixed_6a", h, layers, blockB)
    for (name, inner) in [("Mixed_6b", 128), ("Mixed_6c", 160), ("Mixed_6d", 160), ("Mixed_6e", 192)] {
      h = try block(name, h, layers) { try blockC($0, inner: inner, $1) }
    }
    h = try block("Mixed_7a", h, layers, blockD)
    h = try block("Mixed_7b", h, layers) { try blockE($0, pool: { try $0.averagePooledWithin() }, $1) }
    h = try block("Mixed_7c", h, layers) {
      try blockE($0, pool: { try $0.maxPooled(kernel: 3, stride: 1, padding: 1) }, $1)
    }
    let features = try h.reduced(.mean, axes: [2, 3], keepsDimensions: false)
    return try builder.finish(["features": features])
  }

  private func stem(_ picture: Node, _ layers: Layers) throws -> Node {
    var h = try unit("Conv2d_1a_3x3", picture, to: 32, (3, 3), stride: 2, isPadded: false, layers)
    h = try unit("Conv2d_2a_3x3", h, to: 32, (3, 3), isPadded: false, layers)
    h = try unit("Conv2d_2b_3x3", h, to: 64, (3, 3), layers).maxPooled(kernel: 3, stride: 2)
    h = try unit("Conv2d_3b_1x1", h, to: 80, (1, 1), layers)
    return try unit("Conv2d_4a_3x3", h, to: 192, (3, 3), isPadded: false, layers)
      .maxPooled(kernel: 3, stride: 2)
  }

  /// Branches of one input, one behind the other in channels.
  private func block(_ name: String, _ x: Node, _ layers: Layers, _ branches: (Node, Layers) throws -> [Node])
    throws -> Node
  {
    let parts = try layers.scope(name) { try branches(x, layers) }
    return try x.builder.add(.concatenate(axis: 1), parts)
  }

  private func blockA(_ x: Node, pool: Int, _ layers: Layers) throws -> [Node] {
    let single = try unit("branch1x1", x, to: 64, (1, 1), layers)
    var five = try unit("branch5x5_1", x, to: 48, (1, 1), layers)
    five = try unit("branch5x5_2", five, to: 64, (5, 5), layers)
    var double = try unit("branch3x3dbl_1", x, to: 64, (1, 1), layers)
    double = try unit("branch3x3dbl_2", double, to: 96, (3, 3), layers)
    double = try unit("branch3x3dbl_3", double, to: 96, (3, 3), layers)
    let pooled = try unit("branch_pool", x.averagePooledWithin(), to: pool, (1, 1), layers)
    return [single, five, double, pooled]
  }

  private func blockB(_ x: Node, _ layers: Layers) throws -> [Node] {
    let single = try unit("branch3x3", x, to: 384, (3, 3), stride: 2, isPadded: false, layers)
    var double = try unit("branch3x3dbl_1", x, to: 64, (1, 1), layers)
    double = try unit("branch3x3dbl_2", double, to: 96, (3, 3), layers)
    double = try unit("branch3x3dbl_3", double, to: 96, (3, 3), stride: 2, isPadded: false, layers)
    return [single, double, try x.maxPooled(kernel: 3, stride: 2)]
  }

  private func blockC(_ x: Node, inner: Int, _ layers: Layers) throws -> [Node] {
    let single = try unit("branch1x1", x, to: 192, (1, 1), layers)
    var seven = try unit("branch7x7_1", x, to: inner, (1, 1), layers)
    seven = try unit("branch7x7_2", seven, to: inner, (1, 7), layers)
    seven = try unit("branch7x7_3", seven, to: 192, (7, 1), layers)
    var double = try unit("branch7x7dbl_1", x, to: inner, (1, 1), layers)
    double = try unit("branch7x7dbl_2", double, to: inner, (7, 1), layers)
    double = try unit("branch7x7dbl_3", double, to: inner, (1, 7), layers)
    double = try unit("branch7x7dbl_4", double, to: inner, (7, 1), layers)
    double = try unit("branch7x7dbl_5", double, to: 192, (1, 7), layers)
    let pooled = try unit("branch_pool", x.averagePooledWithin(), to: 192, (1, 1), layers)
    return [single, seven, double, pooled]
  }

  private func blockD(_ x: Node, _ layers: Layers) throws -> [Node] {
    var three = try unit("branch3x3_1", x, to: 192, (1, 1), layers)
    three = try unit("branch3x3_2", three, to: 320, (3, 3), stride: 2, isPadded: false, layers)
    var seven = try unit("branch7x7x3_1", x, to: 192, (1, 1), layers)
    seven = try unit("branch7x7x3_2", seven, to: 192, (1, 7), layers)
    seven = try unit("branch7x7x3_3", seven, to: 192, (7, 1), layers)
    seven = try unit("branch7x7x3_4", seven, to: 192, (3, 3), stride: 2, isPadded: false, layers)
    return [three, seven, try x.maxPooled(kernel: 3, stride: 2)]
  }

  private func blockE(_ x: Node, pool: (Node) throws -> Node, _ layers: Layers) throws -> [Node] {
    func spread(_ name: String, _ h: Node) throws -> [Node] {
      [
        try unit(name + "a", h, to: 384, (1, 3), layers), try unit(name + "b", h, to: 384, (3, 1), layers),
      ]
    }
    let single = try unit("branch1x1", x, to: 320, (1, 1), layers)
    let three = try spread("branch3x3_2", unit("branch3x3_1", x, to: 384, (1, 1), layers))
    var double = try unit("branch3x3dbl_1", x, to: 448, (1, 1), layers)
    double = try unit("branch3x3dbl_2", double, to: 384, (3, 3), layers)
    let pooled = try unit("branch_pool", pool(x), to: 192, (1, 1), layers)
    return try [single] + three + spread("branch3x3dbl_3", double) + [pooled]
  }

  /// A convolution without bias, batch normalisation by the statistics of training, max(x, 0).
  private func unit(
    _ name: String, _ x: Node, to channels: Int, _ kernel: (height: Int, width: Int), stride: Int = 1,
    isPadded: Bool = true, _ layers: Layers
  ) throws -> Node {
    let width = channels / reduction
    let (rows, columns) = isPadded ? (kernel.height / 2, kernel.width / 2) : (0, 0)
    let geometry = Operator.Convolution(
      stride: stride, padding: .init(top: rows, left: columns, bottom: rows, right: columns))
    return try layers.scope(name) {
      let weight = try layers.weight("conv.weight", [width, x.shape[1], kernel.height, kernel.width])
      return try layers.scope("bn") {
        func statistic(_ name: String) throws -> Node {
          try layers.weight(name, [width], seenAs: [1, width, 1, 1])
        }
        let scale = try statistic("weight") / (statistic("running_var") + Self.epsilon).map(.squareRoot)
        let shift = try statistic("bias") - statistic("running_mean") * scale
        return try (x.convolved(weight, geometry) * scale + shift).map(.relu)
      }
    }
  }

  private static let epsilon: Float = 1e-3
}

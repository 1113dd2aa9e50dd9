package import Tensors

/// LPIPS: how far two pictures are from each other to the eye, by what a classifier sees of them.
///
/// Source: Zhang et al., "The Unreasonable Effectiveness of Deep Features as a Perceptual Metric", 2018, version 0.1. The
/// weights are two files: torchvision's AlexNet or VGG-16 (`features.…`), and the authors' `alex.pth` or `vgg.pth`
/// (`lin….model.1.weight`).
package struct LPIPS: StandaloneNetwork {
  package static let name = "LPIPS"

  /// The classifier whose features are compared.
  package enum Trunk: String, Sendable, Hashable, Codable {
    /// AlexNet, which the authors advise for measuring.
    case alex
    /// VGG-16.
    case vgg
  }

  /// The classifier whose features are compared.
  package var trunk = Trunk.alex
  /// Rows of the pictures.
  package var height = 64
  /// Columns of the pictures.
  package var width = 64
  /// Channels of each of the classifier's convolutions, in their order.
  package var widths = LPIPS.published[.alex]!

  private static let published: [Trunk: [Int]] = [
    .alex: [64, 192, 384, 256, 256],
    .vgg: [64, 64, 128, 128, 256, 256, 256, 512, 512, 512, 512, 512, 512],
  ]

  /// The published shape by a classifier.
  package init(_ trunk: Trunk) { (self.trunk, widths) = (trunk, Self.published[trunk]!) }

  /// The shape that weights have: whose they are tells their names.
  package init(weightsAt path: String) throws(CheckpointError) {
    let weights = try WeightFiles(at: path).checkpoint()
    self.init(weights["features.2.weight"] == nil ? .alex : .vgg)
    for (index, layer) in layers.enumerated() {
      if let channels = weights["features.\(layer.index).weight"]?.shape.first { widths[index] = channels }
    }
  }

  package func named(_ published: Checkpoint) -> Checkpoint {
    Checkpoint(
      tensors: published.tensors.filter { !$0.key.hasPrefix("classifier.") }, metadata: published.metadata,
      files: published.files)
  }

  /// Fewest rows and columns of a picture, of which something is left behind the last pool.
  package var smallestSide: Int { trunk == .alex ? 31 : 16 }

  /// The graph from two pictures to their distance.
  ///
  /// Inputs: `first` and `second` `[1, 3, height, width]`, −1…1. Output: `distance` `[1]`, 0 for equal pictures.
  package func graph(_ weights: any Weights) throws -> Graph {
    let builder = GraphBuilder()
    let pictures = try ["first", "second"].map { try builder.input($0, .f32, [1, 3, height, width]) }
    let layers = Layers(builder: builder, weights: weights)
    return try builder.finish(["distance": distance(pictures[0], pictures[1], layers)])
  }

  /// The output of the graph for its inputs.
  func distance(_ first: Node, _ second: Node, _ layers: Layers) throws -> Node {
    var h = try normalised(first.concatenated(second, axis: 0))
    var distance: Node?
    var tap = 0
    for (number, layer) in self.layers.enumerated() {
      if layer.isPooled { h = try h.maxPooled(kernel: trunk == .alex ? 3 : 2, stride: 2) }
      h = try layers.convolution(
        "features.\(layer.index)", h, to: widths[number], kernel: layer.kernel, stride: layer.stride,
        padding: .all(layer.padding)
      ).map(.relu)
      guard layer.isTapped else { continue }
      let part = try layers.scope("lin\(tap).model.1") { try difference(h, layers) }
      distance = try distance.map { try $0 + part } ?? part
      tap += 1
    }
    return distance!
  }

  /// From −1…1 to zero mean and unit variance over natural pictures, as the authors have it.
  private func normalised(_ pictures: Node) throws -> Node {
    func channels(_ values: [Float]) throws -> Node {
      try pictures.builder.constant(Constant(Tensor(values, shape: [1, 3, 1, 1])))
    }
    return try (pictures - channels([-0.030, -0.088, -0.188])) / channels([0.458, 0.448, 0.450])
  }

  /// The mean over places of the squared difference of two pictures' features of unit length, channels weighed.
  private func difference(_ features: Node, _ layers: Layers) throws -> Node {
    let channels = features.shape[1]
    let length = try (features * features).reduced(.sum, axes: [1]).map(.squareRoot)
    let unit = try (features / (length + 1e-10)).split(2, axis: 0)
    let difference = try unit[0] - unit[1]
    let weighed =
      try (difference * difference)
      * layers.weight("weight", [1, channels, 1, 1])
    return try weighed.reduced(.sum, axes: [1]).reduced(.mean, axes: [1, 2, 3], keepsDimensions: false)
  }

  // MARK: - The classifiers

  private struct Layer {
    /// Its number among torchvision's `features`.
    var index: Int
    var kernel = 3
    var stride = 1
    var padding = 1
    /// Whether a pool comes before it.
    var isPooled = false
    /// Whether what it gives is compared.
    var isTapped = true
  }

  private var layers: [Layer] {
    switch trunk {
    case .alex:
      [
        Layer(index: 0, kernel: 11, stride: 4, padding: 2),
        Layer(index: 3, kernel: 5, padding: 2, isPooled: true), Layer(index: 6, isPooled: true),
        Layer(index: 8), Layer(index: 10),
      ]
    case .vgg:
      [[0, 2], [5, 7], [10, 12, 14], [17, 19, 21], [24, 26, 28]].flatMap { block in
        block.map { Layer(index: $0, isPooled: $0 == block[0] && $0 > 0, isTapped: $0 == block.last) }
      }
    }
  }
}

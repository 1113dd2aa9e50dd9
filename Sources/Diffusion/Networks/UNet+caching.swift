import Tensors

/// What a denoiser does with the features of its deep layers, which change little from step to step.
///
/// Ma, Fang, Wang, "DeepCache: Accelerating Diffusion Models for Free", CVPR 2024. A branch is the skip connection at which
/// the network is cut, counted from 0, that of the first convolution: layers on the way down after it, those in the middle,
/// and those on the way up before it are deep.
package enum FeatureCaching: Sendable, Hashable, Codable {
  /// All of it is computed, and what enters the branch's layer on the way up is a further output, `features`.
  case giving(branch: Int)
  /// It is an input of that name and shape, and the deep layers are left out.
  case taking(branch: Int)

  /// Where the network is cut.
  package var branch: Int {
    switch self {
    case .giving(let branch), .taking(let branch): branch
    }
  }
}

extension UNet {
  /// What layers on the way down leave for those on the way up.
  struct Features {
    let caching: FeatureCaching?
    /// Not used yet.
    var skips: [Node] = []
    /// What entered the branch's layer on the way up.
    private(set) var kept: Node?

    init(_ caching: FeatureCaching?) { self.caching = caching }

    /// Whether the deep layers are left out.
    var isShallow: Bool { if case .taking = caching { true } else { false } }

    /// Whether layers on the way up need what the next layer on the way down makes.
    var wantsSkips: Bool {
      if case .taking(let branch) = caching { skips.count <= branch } else { true }
    }

    /// The skip of the next layer on the way up, which `x` enters.
    mutating func next(beside x: Node) -> Node {
      if case .giving(let branch) = caching, skips.count == branch + 1 { kept = x }
      return skips.removeLast()
    }
  }

  /// Skip connections of one resolution.
  var skipsPerLevel: Int { configuration.layersPerBlock + 1 }

  /// How many branches there are to cut it at; see `FeatureCaching`.
  package var branchCount: Int { configuration.blockChannels.count * skipsPerLevel }

  /// The shape of what enters a branch's layer on the way up.
  ///
  /// - Parameter skip: what the branch's skip connection hands over, of the same height and width.
  func featureShape(_ branch: Int, batch: Int, skip: Node) -> [Int] {
    let level = branch / skipsPerLevel
    // The first layer of a resolution is entered by what was enlarged.
    let comesFromBelow = branch % skipsPerLevel == skipsPerLevel - 1
    let channels = configuration.blockChannels
    let count = channels[comesFromBelow ? min(level + 1, channels.count - 1) : level]
    return [batch, count, skip.shape[2], skip.shape[3]]
  }
}

/// A sampler, as configurations and documents name it. Each is declared beside its algorithm and listed in `allCases`.
public struct SamplerKind: RawRepresentable, CaseIterable, Hashable, Sendable {
  /// Makes a sampler at the start of a run of so many steps; the last is the share of fresh noise.
  typealias Maker = @Sendable (SchedulerConfiguration, Int, Float) throws(SamplerError) -> any Sampler

  /// The name of diffusers' class.
  public let rawValue: String
  /// The name in documents: `dpm++2m`.
  public let name: String
  /// Whether noise levels can be spread as Karras et al. (2022) spread them.
  public let takesKarrasSigmas: Bool
  /// Whether it takes a share of fresh noise.
  public let takesEta: Bool
  let make: Maker

  /// Every sampler, in the order in which help lists them.
  public static let allCases: [SamplerKind] = [
    .pndm, .ddim, .dpmSolver, .euler, .eulerAncestral, .uniPC, .lcm,
  ]

  /// A sampler.
  ///
  /// - Parameter className: of diffusers.
  init(
    _ className: String, name: String, takesKarrasSigmas: Bool = false, takesEta: Bool = false,
    _ make: @escaping Maker
  ) {
    (rawValue, self.name) = (className, name)
    (self.takesKarrasSigmas, self.takesEta) = (takesKarrasSigmas, takesEta)
    self.make = make
  }

  /// The sampler of that class in diffusers; nil for one that is not built here.
  public init?(rawValue: String) {
    guard let kind = Self.allCases.first(where: { $0.rawValue == rawValue }) else { return nil }
    self = kind
  }

  /// The sampler that documents call so; nil when there is none.
  public init?(name: String) {
    guard let kind = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = kind
  }

  /// Names decide: no two samplers share one.
  public static func == (left: SamplerKind, right: SamplerKind) -> Bool { left.rawValue == right.rawValue }

  /// By name.
  public func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }
}

/// How a picture is opened.
public struct LoadOptions: Sendable, Hashable {
  /// How pixels will be asked for.
  public enum Access: String, Sendable, Hashable, CaseIterable, Codable {
    /// Any order, any number of times: the picture is decoded now, and a damaged file fails now.
    case random
    /// Once, from top to bottom: decoded in strips while something else is written, never whole in memory.
    /// A damaged file fails when the strip is reached.
    case sequential
  }

  /// What a loader does with a fault it could work around.
  public enum FailOn: String, Sendable, Hashable, CaseIterable, Codable {
    /// Carry on in every case; gaps are grey or black. What is wrong is remarked.
    case none
    /// Stop when the file ends early.
    case truncated
    /// Stop at any error.
    case error
    /// Stop even at warnings: libjpeg only warns of damaged data, and goes on with grey. JPEGs are decoded to their
    /// end first, since libvips does not ask what was warned of last.
    case warning
  }

  /// How pixels will be asked for.
  public var access: Access
  /// The most pixels (width × height) the header may announce. Checked before decoding.
  public var pixelLimit: Int
  /// Whether loaders that libvips does not trust may be used; `VipsSettings.allowUntrusted` must agree.
  public var allowUntrusted: Bool
  /// When to give up.
  public var failOn: FailOn

  /// Bytes of pixels up to which `random` access decodes into memory; larger pictures go to a temporary file in
  /// `$TMPDIR` that is mapped as needed.
  public var memoryLimit: Int

  /// 2²⁸ pixels, about 268 megapixels.
  public static let defaultPixelLimit = 1 << 28

  /// How a picture is opened.
  public init(
    access: Access = .random, pixelLimit: Int = LoadOptions.defaultPixelLimit, allowUntrusted: Bool = false,
    failOn: FailOn = .warning, memoryLimit: Int = 256 << 20
  ) {
    self.access = access
    self.pixelLimit = pixelLimit
    self.allowUntrusted = allowUntrusted
    self.failOn = failOn
    self.memoryLimit = memoryLimit
  }
}

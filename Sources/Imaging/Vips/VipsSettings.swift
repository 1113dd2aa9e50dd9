/// How libvips behaves in this process.
public struct VipsSettings: Sendable, Hashable {
  /// Worker threads of one evaluation; nil leaves it to libvips (one a core, or `$VIPS_CONCURRENCY`).
  public var threads: Int?
  /// How many finished operations libvips keeps for reuse. None by default: a pipeline keeps its stages'
  /// values itself, and a second cache would pin pictures in memory.
  public var cachedOperations: Int
  /// Pixel memory, in bytes, above which the operation cache lets go of its oldest entries.
  public var cachedBytes: Int
  /// Open files above which the operation cache lets go of its oldest entries.
  public var cachedFiles: Int
  /// Whether loaders and operations that libvips marks as untrusted may run at all.
  public var allowUntrusted: Bool
  /// Whether libvips prints at exit what is still alive; `VIPS_LEAK=1` in the environment does the same.
  public var leakReport: Bool
  /// Whether libvips prints its warnings to standard error. What matters of them is thrown as an error anyway.
  public var printsWarnings: Bool

  /// How libvips behaves in this process.
  public init(
    threads: Int? = nil, cachedOperations: Int = 0, cachedBytes: Int = 64 << 20, cachedFiles: Int = 32,
    allowUntrusted: Bool = false, leakReport: Bool = false, printsWarnings: Bool = false
  ) {
    self.threads = threads
    self.cachedOperations = cachedOperations
    self.cachedBytes = cachedBytes
    self.cachedFiles = cachedFiles
    self.allowUntrusted = allowUntrusted
    self.leakReport = leakReport
    self.printsWarnings = printsWarnings
  }
}

/// What a call by name may reach beyond the pictures it is given.
public struct VipsPermissions: OptionSet, Sendable, Hashable {
  /// The bits.
  public let rawValue: Int
  /// From bits.
  public init(rawValue: Int) { self.rawValue = rawValue }

  /// Naming files to read or write.
  public static let files = VipsPermissions(rawValue: 1)
  /// Operations that libvips marks as untrusted; `VipsSettings.allowUntrusted` must agree.
  public static let untrusted = VipsPermissions(rawValue: 2)
}

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

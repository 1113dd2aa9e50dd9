#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// How many files the process may hold open at once.
public enum OpenFiles {
  #if canImport(Glibc)
    private static let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
  #else
    private static let resource = RLIMIT_NOFILE
  #endif

  /// The most that is asked for: enough for documents of many thousand stages, and no burden on programs that are
  /// started and go through all descriptors they might have.
  private static let enough: rlim_t = 1 << 16

  /// The number now.
  public static var limit: Int {
    var limits = rlimit()
    return getrlimit(resource, &limits) == 0 ? Int(clamping: limits.rlim_cur) : 256
  }

  /// Raises the limit as far as the system allows without privileges. Kept results and mapped pictures each take a
  /// file, and the usual limit is 1024 (256 on macOS).
  public static func raiseLimit() {
    var limits = rlimit()
    guard getrlimit(resource, &limits) == 0, limits.rlim_cur < enough else { return }
    var most = min(limits.rlim_max, enough)
    #if canImport(Darwin)
      // Darwin refuses more, though its hard limit is called infinite.
      most = min(most, rlim_t(OPEN_MAX))
    #endif
    guard most > limits.rlim_cur else { return }
    limits.rlim_cur = most
    // Refused, the limit stays what it was; `Reuse` keeps within it.
    _ = setrlimit(resource, &limits)
  }
}

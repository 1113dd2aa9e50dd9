#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// What a process of its own may take.
public struct ProcessLimits: Sendable, Hashable {
  /// How long it may run.
  public var time: Duration
  /// How much memory it may hold, in bytes; mapped files and the program itself are not counted.
  public var memory: Int
  /// How large any file that it writes may become, in bytes.
  public var file: Int

  /// What a process of its own may take.
  public init(time: Duration, memory: Int, file: Int) {
    self.time = time
    self.memory = memory
    self.file = file
  }

  /// As much processor time as all cores give in the time it has; what runs on for longer has lost its parent's clock.
  private var processorSeconds: Int {
    let cores = max(1, sysconf(CInt(_SC_NPROCESSORS_ONLN)))
    return (Int(clamping: time.components.seconds) + 1).multipliedReportingOverflow(by: cores).partialValue
  }

  /// Sets the limits on this process and on what it starts. Nor is what it held written to disk when it crashes.
  func apply() {
    Self.set(RLIMIT_CORE, 0)
    Self.limitFiles(to: file)
    Self.set(RLIMIT_CPU, processorSeconds)
    #if os(Linux)
      // Not RLIMIT_AS, which counts the address space that the allocator merely reserves for each thread.
      Self.set(RLIMIT_DATA, memory)
    #else
      Self.set(RLIMIT_AS, memory)
    #endif
  }

  /// Sets a limit on the size of files that this process and what it starts write.
  static func limitFiles(to bytes: Int) { set(RLIMIT_FSIZE, bytes) }

  #if canImport(Glibc)
    private typealias Resource = __rlimit_resource
  #else
    private typealias Resource = CInt
  #endif

  /// Lowers a limit; one that is lower already stays.
  private static func set(_ resource: Resource, _ bytes: Int) {
    #if canImport(Glibc)
      let resource = __rlimit_resource_t(resource.rawValue)
    #endif
    var limits = rlimit()
    guard getrlimit(resource, &limits) == 0 else { return }
    limits.rlim_max = min(limits.rlim_max, rlim_t(max(0, bytes)))
    limits.rlim_cur = limits.rlim_max
    _ = setrlimit(resource, &limits)
  }
}

import CVips
import Foundation
import Foundations

/// libvips as a whole: start-up, its catalogue of operations, and calling any of them by name.
public enum Vips {
  /// Starts libvips, or changes its settings when it runs already. Safe from any thread.
  ///
  /// Everything else in this module starts libvips with default settings when nobody did before.
  /// - Throws: `ImagingError.startFailed`.
  public static func start(_ settings: VipsSettings = VipsSettings()) throws(ImagingError) {
    try started.get()
    if let threads = settings.threads {
      guard (1...1024).contains(threads) else {
        throw .invalid("libvips takes from 1 to 1024 threads, not \(threads)")
      }
      vips_concurrency_set(Int32(threads))
    }
    vips_cache_set_max(Int32(clamping: settings.cachedOperations))
    vips_cache_set_max_mem(max(0, settings.cachedBytes))
    vips_cache_set_max_files(Int32(clamping: settings.cachedFiles))
    setUntrustedBlocked(!settings.allowUntrusted)
    if settings.leakReport {
      vips_leak_set(1)
      _ = reportsAtExit
    }
    setWarningsPrinted(settings.printsWarnings)
  }

  /// libvips' version: `8.14.1`.
  public static var version: String {
    "\(vips_version(0)).\(vips_version(1)).\(vips_version(2))"
  }

  /// Whether libvips is of that version or a later one.
  static func isVersion(_ major: Int32, _ minor: Int32, _ micro: Int32) -> Bool {
    let version = (vips_version(0), vips_version(1), vips_version(2))
    return version >= (major, minor, micro)
  }

  /// Worker threads of one evaluation.
  public static var threads: Int { Int(vips_concurrency_get()) }

  /// The one-time part of starting: a constant, so that whoever comes first does it once.
  static let started: Result<Void, ImagingError> = {
    guard cvips_init("Imaging") == 0 else { return .failure(.startFailed(takeErrorText())) }
    VectorCode.disableIfUnsafe()
    // libvips itself asks how many processors the machine has.
    let processors = ProcessorCount.current
    if processors.limit != nil, getenv("VIPS_CONCURRENCY") == nil {
      vips_concurrency_set(Int32(clamping: processors.count))
    }
    vips_cache_set_max(Int32(VipsSettings().cachedOperations))
    setUntrustedBlocked(true)
    setWarningsPrinted(false)
    if getenv("VIPS_LEAK") != nil { _ = reportsAtExit }
    return .success(())
  }()

  /// libvips reports leaks only when it is shut down, which nobody else does.
  private static let reportsAtExit: Bool = atexit { vips_shutdown() } == 0

  /// libvips' own list of untrusted operations, plus `system`, which runs a shell. The loader for libvips' own
  /// format stays open at this level because the store depends on it; `Operation` guards it instead.
  private static func setUntrustedBlocked(_ blocked: Bool) {
    vips_block_untrusted_set(blocked ? 1 : 0)
    vips_operation_block_set("VipsSystem", blocked ? 1 : 0)
    vips_operation_block_set("VipsForeignLoadVips", 0)
  }

  private static func setWarningsPrinted(_ printed: Bool) {
    let handler: GLogFunc = printed ? { g_log_default_handler($0, $1, $2, $3) } : { _, _, _, _ in }
    g_log_set_handler("VIPS", G_LOG_LEVEL_WARNING, handler, nil)
  }

  /// libvips' error text; reads and clears it under one lock, since the buffer is one for the process.
  static func takeErrorText() -> String {
    guard let text = vips_error_buffer_copy() else { return "no reason given" }
    defer { g_free(text) }
    let lines = String(cString: text).split(separator: "\n").map(String.init)
    return lines.isEmpty ? "no reason given" : lines.joined(separator: "; ")
  }
}

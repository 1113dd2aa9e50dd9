import CProcess

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The process that started this one.
enum Parent {
  /// Ends this process as soon as its parent, whose number is given, ends.
  static func dieWith(_ parent: pid_t) {
    signal(SIGKILL, atEndOf: parent)
    if hasEnded(parent) { _exit(1) }
  }

  /// Has the kernel send a signal when the parent ends. It may have ended before.
  static func signal(_ signal: CInt, atEndOf parent: pid_t) { _ = process_signal_at_parents_end(signal) }

  /// Whether the parent has ended, and left this process to another.
  static func hasEnded(_ parent: pid_t) -> Bool { getppid() != parent }
}

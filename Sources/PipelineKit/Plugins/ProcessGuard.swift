import CProcess
import Foundation
import Foundations
import SystemPackage

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A process between this one and a program of somebody else's: whatever the program starts, in whichever session,
/// is killed when the program ends, when the guard is asked to stop, and when this process ends, even by SIGKILL.
///
/// It also bounds what the program writes: no file, and all files in its folder together, may grow beyond a limit.
/// The guard ends as the program ends: with its exit code, or of its signal; of SIGXFSZ when it wrote too much.
enum ProcessGuard {
  static let task = "guard"

  /// Exit codes for programs that cannot be started, as shells have them.
  static let cannotStart: CInt = 126

  /// How long a program may go on after SIGTERM, which its whole session has been sent; a tick of the clock ends it.
  private static let grace = Duration.milliseconds(250)
  /// How often the folder is measured, in microseconds.
  private static let interval: useconds_t = 500_000

  /// The words after which a helper guards `command`.
  ///
  /// - Parameters:
  ///   - variables: the names of the environment variables that the program gets.
  ///   - bytes: the most it may write.
  static func arguments(_ command: [String], variables: [String], bytes: Int) -> [String] {
    ["\(bytes)", variables.sorted().joined(separator: ",")] + command
  }

  /// Guards the program that the arguments name, in the folder that this process is in.
  static func run(_ arguments: [String], parent: pid_t) -> Never {
    guard arguments.count > 2, let bytes = Int(arguments[0]) else { _exit(cannotStart) }
    let awaited = [SIGTERM, SIGINT, SIGHUP, SIGCHLD, SIGALRM]
    let signals = process_signals_as_bytes(awaited, CInt(awaited.count))
    guard signals >= 0 else { _exit(cannotStart) }
    Parent.signal(SIGTERM, atEndOf: parent)
    _ = process_adopt_orphans()
    if Parent.hasEnded(parent) { _exit(cannotStart) }
    ProcessLimits.limitFiles(to: bytes)
    let most = bytesWritten(enough: .max) + bytes
    let names = Set(arguments[1].split(separator: ",").map(String.init))
    let program = start(
      Array(arguments[2...]), ProcessInfo.processInfo.environment.filter { names.contains($0.key) })
    let status = watch(program, parent, signals, most)
    killDescendants()
    end(status)
  }

  private static func start(_ command: [String], _ environment: [String: String]) -> pid_t {
    #if canImport(Darwin)
      var attributes: posix_spawnattr_t? = nil
    #else
      var attributes = posix_spawnattr_t()
    #endif
    posix_spawnattr_init(&attributes)
    var none = sigset_t(), all = sigset_t()
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    let words = command.map { strdup($0) } + [nil]
    let variables = environment.map { strdup("\($0)=\($1)") } + [nil]
    var program: pid_t = 0
    let code = posix_spawn(&program, command[0], nil, &attributes, words, variables)
    guard code == 0 else {
      FileHandle.standardError.write(Data("\(Errno(rawValue: code))\n".utf8))
      _exit(cannotStart)
    }
    return program
  }

  /// Waits for the program's end, for a signal to stop or for too much output; returns the status to end with.
  private static func watch(_ program: pid_t, _ parent: pid_t, _ signals: CInt, _ most: Int) -> CInt {
    ualarm(interval, interval)
    var deadline: ContinuousClock.Instant?
    while true {
      var number: UInt8 = 0
      guard read(signals, &number, 1) == 1 || errno == EINTR else { return SIGKILL }
      if let status = reap(program) { return status }
      if Parent.hasEnded(parent) { return SIGKILL }
      switch CInt(number) {
      case SIGTERM, SIGINT, SIGHUP: deadline = deadline ?? .now + grace
      case SIGALRM where bytesWritten(enough: most) > most: return SIGXFSZ
      default: break
      }
      if let deadline, deadline <= .now { return SIGKILL }
    }
  }

  /// Takes note of children that have ended; returns the program's status once it is among them.
  private static func reap(_ program: pid_t) -> CInt? {
    var ending: CInt?
    var status: CInt = 0
    while case let child = waitpid(-1, &status, WNOHANG), child > 0 {
      if child == program { ending = status }
    }
    return ending
  }

  /// How much the files below the current folder take on their disk, counted until it is more than enough.
  private static func bytesWritten(enough: Int) -> Int {
    let system = FileSystem()
    var sum = 0
    var folders: [FilePath] = ["."]
    while let folder = folders.popLast(), sum <= enough {
      // What vanishes while it is looked at takes nothing.
      for name in (try? system.list(folder)) ?? [] {
        let path = folder.appending(name)
        guard let status = try? system.status(path) else { continue }
        if status.type == .directory {
          folders.append(path)
        } else {
          sum += Int(clamping: status.sizeAllocated)
        }
      }
    }
    return sum
  }

  /// Kills all that was started and is left. A killed process leaves its own children to this one, so there are more
  /// to kill until there are none.
  private static func killDescendants() {
    while true {
      while waitpid(-1, nil, WNOHANG) > 0 {}
      let children = children()
      if children.isEmpty { return }
      for child in children { kill(child, SIGKILL) }
      waitpid(-1, nil, 0)
    }
  }

  /// The processes whose parent is this one.
  private static func children() -> [pid_t] {
    let names = (try? FileSystem().list("/proc")) ?? []
    return names.compactMap { name in
      guard let number = pid_t(name),
        let text = try? String(contentsOfFile: "/proc/\(name)/stat", encoding: .utf8),
        // The program's name before it may hold anything.
        let end = text.lastIndex(of: ")")
      else { return nil }
      let fields = text[end...].split(separator: " ")
      return fields.count > 2 && pid_t(fields[2]) == getpid() ? number : nil
    }
  }

  private static func end(_ status: CInt) -> Never {
    let number = status & 0x7f
    if number == 0 { _exit(status >> 8 & 0xff) }
    signal(number, SIG_DFL)
    raise(number)
    _exit(128 + number)
  }
}

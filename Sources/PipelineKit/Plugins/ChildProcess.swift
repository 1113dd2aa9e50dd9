import Foundation
import Subprocess
import Synchronization
import SystemPackage

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// One run of another program, with everything it may do to this one bounded.
///
/// The program leads a session of its own, away from the terminal. However it ends, whatever it started and left
/// behind in that session is killed with it.
struct ChildProcess: Sendable {
  /// How much a program may write.
  struct Limits: Sendable {
    var lineBytes = 64 << 10
    var outputBytes = 4 << 20
    var errorBytes = 4 << 20
  }

  /// What the program is called in messages.
  var name: String
  /// The program, a path or a name to look up in `PATH`, and its arguments.
  var command: [String]
  /// Where it starts.
  var folder: URL
  /// All of its environment.
  var environment: [String: String]
  /// The file it reads as standard input; nothing when nil.
  var input: URL?
  var timeout: Duration
  var limits = Limits()

  /// From the polite signal to the one that cannot be ignored.
  private static let grace = Duration.milliseconds(250)

  /// Runs the program to its end, handing on each line that it writes to standard output.
  ///
  /// Throws ``StageFailure`` when it cannot be started, crashes, exits with another code than 0, takes longer than
  /// `timeout` or writes more than the limits; ``MissingDependency`` when there is no such program;
  /// `CancellationError`; and whatever `onLine` throws, upon which the program is stopped.
  func run(onLine: @escaping @Sendable ([UInt8]) throws -> Void = { _ in }) async throws {
    let errors = ErrorOutput(limit: limits.errorBytes)
    let status = try await withThrowingTaskGroup(of: TerminationStatus.self) { group in
      group.addTask { try await launch(errors, onLine) }
      group.addTask {
        try await Task.sleep(for: timeout)
        throw StageFailure("'\(name)' was stopped: it was not done within \(timeout.phrase)\(errors.quote)")
      }
      defer { group.cancelAll() }
      return try await group.next()!
    }
    try Task.checkCancellation()
    switch status {
    case .exited(0): return
    case .exited(let code): throw StageFailure("'\(name)' failed with exit code \(code)\(errors.quote)")
    case .signaled(let signal):
      throw StageFailure("'\(name)' crashed with \(Self.signalName(signal))\(errors.quote)")
    }
  }

  private func launch(_ errors: ErrorOutput, _ onLine: @escaping @Sendable ([UInt8]) throws -> Void)
    async throws -> TerminationStatus
  {
    // A file rather than a pipe: a program that does not read its input cannot make this one block or die of SIGPIPE.
    let stdin = try FileDescriptor.open(
      FilePath(input?.path(percentEncoded: false) ?? "/dev/null"), .readOnly, options: .closeOnExec)
    defer { try? stdin.close() }
    var leader: pid_t?
    // The session outlives its leader as long as it has members, and its number is not given away meanwhile.
    defer { if let leader { kill(-leader, SIGKILL) } }
    do {
      return try await Subprocess.run(
        configuration, input: .fileDescriptor(stdin, closeAfterSpawningProcess: false), output: .sequence,
        error: .sequence
      ) { execution in
        leader = execution.processIdentifier.value
        let (output, error) = (execution.standardOutput, execution.standardError)
        try await withThrowingTaskGroup(of: Void.self) { group in
          group.addTask {
            var lines = LineSplitter(name: name, limits: limits)
            for try await buffer in output { try lines.add(buffer.withUnsafeBytes(Array.init), onLine) }
            try lines.finish(onLine)
          }
          group.addTask {
            for try await buffer in error { try errors.add(buffer.withUnsafeBytes(Array.init), name) }
          }
          // Not waitForAll, which would let the other reader go on after a failure.
          while try await group.next() != nil {}
        }
      }.terminationStatus
    } catch let error as SubprocessError {
      try Task.checkCancellation()
      throw failure(error)
    }
  }

  private var configuration: Configuration {
    var options = PlatformOptions()
    options.createSession = true
    options.teardownSequence = [
      .gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: Self.grace)
    ]
    return Configuration(
      executable: command[0].contains("/") ? .path(FilePath(command[0])) : .name(command[0]),
      arguments: Arguments(Array(command.dropFirst())),
      environment: .custom(
        Dictionary(uniqueKeysWithValues: environment.map { (Environment.Key(rawValue: $0)!, $1) })),
      workingDirectory: FilePath(folder.path(percentEncoded: false)), platformOptions: options)
  }

  private func failure(_ error: SubprocessError) -> any Error {
    if error.code == .executableNotFound {
      return MissingDependency(
        "'\(name)' needs the program '\(command[0])', which is not there or cannot be run",
        remedy: command[0].contains("/")
          ? "check that the file exists and is executable" : "install it, or add its folder to PATH")
    }
    return StageFailure("'\(name)' could not be run: \(error)")
  }

  private static func signalName(_ signal: CInt) -> String {
    let names: [CInt: String] = [
      SIGSEGV: "SIGSEGV", SIGABRT: "SIGABRT", SIGBUS: "SIGBUS", SIGFPE: "SIGFPE", SIGILL: "SIGILL",
      SIGKILL: "SIGKILL", SIGTERM: "SIGTERM", SIGINT: "SIGINT", SIGPIPE: "SIGPIPE", SIGHUP: "SIGHUP",
      SIGQUIT: "SIGQUIT", SIGTRAP: "SIGTRAP", SIGXCPU: "SIGXCPU", SIGSYS: "SIGSYS",
    ]
    return names[signal] ?? "signal \(signal)"
  }
}

extension Duration {
  /// In words: `30 s`, `0.5 s`.
  var phrase: String { Bounds.text(self / .seconds(1)) + " s" }
}

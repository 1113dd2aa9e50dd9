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
/// The program runs in a session of its own, away from the terminal. With a `warden`, whatever it started is killed
/// when it ends, and all of it when this process ends, however that is (see ``ProcessGuard``).
struct ChildProcess: Sendable {
  /// How much a program may write, to its two streams and to any one of its files.
  struct Limits: Sendable {
    var lineBytes = 64 << 10
    var outputBytes = 4 << 20
    var errorBytes = 4 << 20
    var fileBytes: Int
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
  var limits: Limits
  /// Watches over the program; a ``HelperProgram`` itself needs nobody to.
  var warden: HelperProgram?

  /// From the polite signal to the one that cannot be ignored. Longer than a guard takes to end all it watches over.
  private static let grace = Duration.seconds(2)

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
    case .signaled(SIGXFSZ):
      throw StageFailure(
        "'\(name)' was stopped: it wrote more than \(limits.fileBytes) bytes to its files\(errors.quote)")
    case .signaled(SIGXCPU):
      throw StageFailure("'\(name)' was stopped: it was not done within \(timeout.phrase)\(errors.quote)")
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
    let configuration = try configuration()
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
      throw StageFailure("'\(name)' could not be run: \(error)")
    }
  }

  private func configuration() throws -> Configuration {
    var options = PlatformOptions()
    options.createSession = true
    options.teardownSequence = [
      .gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: Self.grace)
    ]
    let (words, variables) = try guarded()
    return Configuration(
      executable: .path(FilePath(words[0])), arguments: Arguments(Array(words.dropFirst())),
      environment: .custom(
        Dictionary(uniqueKeysWithValues: variables.map { (Environment.Key(rawValue: $0)!, $1) })),
      workingDirectory: FilePath(folder.path(percentEncoded: false)), platformOptions: options)
  }

  /// What to start: the program, or its guard.
  private func guarded() throws -> (words: [String], variables: [String: String]) {
    let program = try ProgramLookup.path(of: command[0], for: name, environment: environment)
    guard let warden else { return ([program] + command.dropFirst(), environment) }
    let arguments = ProcessGuard.arguments(
      [program] + command.dropFirst(), variables: Array(environment.keys), bytes: limits.fileBytes)
    // The guard may need more than the program is to see: where its libraries are.
    return (
      warden.command(ProcessGuard.task, arguments), warden.environment.merging(environment) { $1 }
    )
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

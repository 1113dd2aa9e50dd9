public import Foundation

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A program that does, as a process of its own, what must not take this process down with it, and that watches over
/// the programs of others: usually this very program, run again.
///
/// Whoever runs plans offers one among the ``Services``; stages that need it fail without it, and say so. The program
/// calls ``serve(_:arguments:)`` first of all:
/// ```swift
/// static func main() async {
///   HelperProgram.serve(StandardStages.helperTasks)
///   …
///   services.set(HelperProgram.thisProgram(environment: ProcessInfo.processInfo.environment))
/// ```
/// A helper dies with the process that started it, however that ends.
public struct HelperProgram: Sendable {
  let executable: URL
  let environment: [String: String]

  /// - Parameters:
  ///   - executable: a program that calls ``serve(_:arguments:)`` first of all.
  ///   - environment: the environment it starts in.
  public init(executable: URL, environment: [String: String]) {
    self.executable = executable
    self.environment = environment
  }

  /// The program that this process runs, which must call ``serve(_:arguments:)``.
  public static func thisProgram(environment: [String: String]) -> HelperProgram {
    #if os(Linux)
      // The very file that is running, even if another took its place since.
      let executable = URL(filePath: "/proc/self/exe")
    #else
      let executable = Bundle.main.executableURL ?? URL(filePath: CommandLine.arguments[0])
    #endif
    return HelperProgram(executable: executable, environment: environment)
  }

  /// The helper that the program offers to its stages.
  ///
  /// - Throws: ``MissingDependency``.
  public static func offered(by services: Services) throws -> HelperProgram {
    do {
      return try services.get()
    } catch {
      throw MissingDependency(
        "this needs a process of its own, and the program offers none to its stages",
        remedy:
          "call Machine.serveHelpers() first of all, or offer a HelperProgram among the services of the run")
    }
  }
}

/// Work that a ``HelperProgram`` does.
public struct HelperTask: Sendable {
  let name: String
  let body:
    @Sendable (_ request: JSONValue, _ progress: @escaping @Sendable (Double) -> Void) throws -> JSONValue

  /// - Parameters:
  ///   - name: what it is asked by.
  ///   - body: answers a request, which comes from this very program, and says how far it is, from 0 to 1. What it
  ///     throws becomes the message of a ``StageFailure``. It runs in the folder that `run` names.
  public init(
    _ name: String,
    _ body:
      @escaping @Sendable (_ request: JSONValue, _ progress: @escaping @Sendable (Double) -> Void) throws ->
      JSONValue
  ) {
    self.name = name
    self.body = body
  }
}

extension HelperProgram {
  /// The first argument of a helper.
  private static let mark = "as-helper"
  private static let answer = "answer.json"

  /// Has a helper do a task, and returns its answer.
  ///
  /// - Parameters:
  ///   - task: one of the tasks that the program serves.
  ///   - name: what is done, for messages.
  ///   - folder: an empty folder that the helper runs and may write in.
  ///   - monitor: hears of progress.
  /// - Throws: ``StageFailure`` when the task fails, crashes or takes more than the limits; `CancellationError`.
  public func run(
    _ task: HelperTask, named name: String, _ request: JSONValue, in folder: URL, limits: ProcessLimits,
    monitor: Monitor
  ) async throws -> JSONValue {
    let temporary = folder.appending(path: "tmp")
    try FileManager.default.createDirectory(at: temporary, withIntermediateDirectories: true)
    let input = folder.appending(path: "request.json")
    try JSONWriter.canonical(request).write(to: input)
    var environment = environment
    environment["TMPDIR"] = temporary.path(percentEncoded: false)
    // A crash is reported by its signal; printing the stack takes seconds.
    environment["SWIFT_BACKTRACE"] = "enable=no"
    let bounds = [limits.time.components.seconds, Int64(limits.memory), Int64(limits.file)].map(String.init)
    let process = ChildProcess(
      name: name, command: command(task.name, bounds), folder: folder, environment: environment, input: input,
      timeout: limits.time, limits: ChildProcess.Limits(fileBytes: limits.file))
    _ = try await process.conversation(monitor, log: { _, _ in })
    return try JSONParser.parse(Data(contentsOf: folder.appending(path: Self.answer)), file: name).root
  }

  /// The words that start the helper for a task.
  func command(_ task: String, _ arguments: [String]) -> [String] {
    [executable.path(percentEncoded: false), Self.mark, task, "\(getpid())"] + arguments
  }

  /// Does what this process was started for, and ends it, if it was started as a helper; else does nothing.
  ///
  /// To be called before anything else, while the process has one thread.
  public static func serve(_ tasks: [HelperTask], arguments: [String] = CommandLine.arguments) {
    guard arguments.count > 3, arguments[1] == mark, let parent = pid_t(arguments[3]) else { return }
    let rest = Array(arguments[4...])
    if arguments[2] == ProcessGuard.task { ProcessGuard.run(rest, parent: parent) }
    guard let task = tasks.first(where: { $0.name == arguments[2] }), rest.count == 3,
      let seconds = Int64(rest[0]), let memory = Int(rest[1]), let file = Int(rest[2])
    else { fail("this program does not serve '\(arguments[2])'", to: .standardOutput) }
    let answers = separatedOutput()
    Parent.dieWith(parent)
    ProcessLimits(time: .seconds(seconds), memory: memory, file: file).apply()
    // Where the system runs out of memory all the same, this process goes first.
    try? Data("500".utf8).write(to: URL(filePath: "/proc/self/oom_score_adj"))
    do {
      let input = try FileHandle.standardInput.readToEnd() ?? Data()
      let request = try JSONParser.parse(input, file: "request").root
      let value = try task.body(request) { say(["progress": .number($0)], to: answers) }
      try JSONWriter.canonical(value).write(to: URL(filePath: answer))
      _exit(0)
    } catch {
      fail("\(error)", to: answers)
    }
  }

  /// Standard output for answers alone: what libraries print there goes to standard error.
  private static func separatedOutput() -> FileHandle {
    let descriptor = dup(STDOUT_FILENO)
    guard descriptor >= 0, dup2(STDERR_FILENO, STDOUT_FILENO) >= 0 else { _exit(1) }
    return FileHandle(fileDescriptor: descriptor)
  }

  private static func fail(_ message: String, to output: FileHandle) -> Never {
    say(["error": .string(message)], to: output)
    _exit(1)
  }

  private static func say(_ answer: JSONValue, to output: FileHandle) {
    let line = JSONWriter.canonical(answer) + Data("\n".utf8)
    // Refused only when nobody listens any more, and then this process is about to be stopped.
    try? output.write(contentsOf: line)
  }
}

import FileTesting
public import Foundation

/// A program that a test has started.
///
/// Waiting for it holds no thread, of which tests share as few as the machine has cores: what it writes goes to
/// files, and the system tells when it ends.
public final class RunningProgram: Sendable {
  /// How a program ended, and what it wrote.
  public struct Ending: Sendable {
    /// The exit code, or the number of the signal that ended it.
    public var code: Int32
    /// Its standard output.
    public var output: Data
    /// Its standard error.
    public var errors: String
    /// Its standard output as text.
    public var text: String { String(decoding: output, as: UTF8.self) }
  }

  private let process = Process()
  private let ending: AsyncStream<Void>
  private let files: TemporaryFolder

  /// Starts a program.
  ///
  /// - Parameters:
  ///   - program: its file.
  ///   - arguments: its arguments.
  ///   - folder: where it starts; where the tests run unless given.
  ///   - environment: all of its environment; that of the tests unless given.
  ///   - input: what it finds on standard input.
  public init(
    _ program: URL, _ arguments: [String] = [], in folder: URL? = nil, environment: [String: String]? = nil,
    input: Data = Data()
  ) throws {
    files = try TemporaryFolder()
    for (name, bytes) in [("input", input), ("output", Data()), ("errors", Data())] {
      try bytes.write(to: files[name])
    }
    process.executableURL = program
    process.arguments = arguments
    if let folder { process.currentDirectoryURL = folder }
    if let environment { process.environment = environment }
    process.standardInput = try FileHandle(forReadingFrom: files["input"])
    process.standardOutput = try FileHandle(forWritingTo: files["output"])
    process.standardError = try FileHandle(forWritingTo: files["errors"])
    let (ending, end) = AsyncStream.makeStream(of: Void.self)
    self.ending = ending
    process.terminationHandler = { _ in end.finish() }
    try process.run()
  }

  deinit { if process.isRunning { signal(SIGKILL) } }

  /// What it has written to standard error so far.
  public var errors: String { get throws { try String(contentsOf: files["errors"], encoding: .utf8) } }

  /// Sends it a signal.
  public func signal(_ number: Int32) { kill(process.processIdentifier, number) }

  /// Waits until something has come about, or the program has ended without it; it is waited for as long as that takes.
  public func wait(until condition: () throws -> Bool) async throws {
    while process.isRunning, try !condition() { try await Task.sleep(for: .milliseconds(10)) }
  }

  /// Waits until it ends, as long as that takes.
  public func end() async throws -> Ending {
    for await _ in ending {}
    return Ending(
      code: process.terminationStatus, output: try Data(contentsOf: files["output"]), errors: try errors)
  }

  /// An executable that was built together with the tests, beside their bundle.
  ///
  /// - Parameters:
  ///   - name: of the executable.
  ///   - type: a class of the tests.
  public static func built(_ name: String, with type: AnyClass) -> URL {
    var folder = Bundle(for: type).bundleURL
    while !FileManager.default.isExecutableFile(atPath: folder.appending(path: name).path) {
      folder.deleteLastPathComponent()
      precondition(folder.path != "/", "\(name) is not built")
    }
    return folder.appending(path: name)
  }
}

import Foundation
import HelperTesting
import PipelineKit
import ProgramTesting
import Synchronization
import Testing

@Suite("A program of somebody else's, guarded", .serialized)
struct ProcessGuardTests {
  /// Starts a process in a session of its own, as a daemon does, and writes its number to the file `away`.
  private static let daemon =
    "setsid sh -c 'echo $$ > ../away.new; mv ../away.new ../away; exec sleep 1000000' &"
  private static let awaited = "\(daemon) while [ ! -e ../away ]; do sleep 0.05; done"

  @Test("takes with it what it started and sent into another session")
  func daemons() async throws {
    try await withFolder { folder in
      let program = try TestProgram(
        in: folder, interpreter: "sh", "\(Self.awaited); printf done > out/note.txt")
      #expect(try await program.run() == "done")
      try expectDead(folder.appending(path: "away"))
    }
  }

  @Test("is ended, with such processes, by cancellation")
  func cancellation() async throws {
    try await withFolder { folder in
      let program = try TestProgram(
        in: folder, interpreter: "sh",
        "trap '' TERM; \(Self.awaited); echo '{\"progress\": 0.1}'; sleep 1000000"
      )
      let task = Task { try await program.run() }
      try await waiting(for: task) { program.said.progress.withLock { !$0.isEmpty } }
      task.cancel()
      await #expect(throws: CancellationError.self) { try await task.value }
      try expectDead(folder.appending(path: "away"))
    }
  }

  /// Starts the program that follows with all signals blocked, as threads of Dispatch start theirs.
  private static let blocking = [
    "python3", "-c",
    "import os, signal, sys; signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals()); "
      + "os.execvp(sys.argv[1], sys.argv[1:])",
  ]

  @Test(
    "does not outlive who started its guard, even if that is killed",
    arguments: [[], ProcessGuardTests.blocking])
  func parentKilled(_ prefix: [String]) async throws {
    try await withFolder { folder in
      let work = folder.appending(path: "work")
      try FileManager.default.createDirectory(at: work, withIntermediateDirectories: true)
      let parent = try RunningProgram(
        URL(filePath: "/usr/bin/env"),
        prefix + [
          "/bin/sh", "-c", #""$0" as-helper guard $$ 1000000 PATH /bin/sh -c "$1" & wait"#,
          HelperProgram.testExecutable.path,
          "\(Self.awaited); echo $$ > ../near.new; mv ../near.new ../near; sleep 1000000",
        ], in: work)
      let near = folder.appending(path: "near")
      try await parent.wait { FileManager.default.fileExists(atPath: near.path) }
      parent.signal(SIGKILL)
      _ = try await parent.end()
      for file in [near, folder.appending(path: "away")] {
        while try isAlive(file) { try await Task.sleep(for: .milliseconds(20)) }
      }
    }
  }

  @Test(
    "is stopped when it writes too much, in one file or in many",
    arguments: [
      "head -c 3000000 /dev/zero > large",
      "for i in 1 2 3 4 5 6; do head -c 500000 /dev/zero > $i; done; sleep 1000000",
      "mkdir -p a/b; for i in 1 2 3 4 5 6; do head -c 500000 /dev/zero > a/b/$i; done; sleep 1000000",
    ])
  func output(_ script: String) async throws {
    let message = try await TestProgram.failure("exec sh -c '\(script)'", ["outputMegabytes": 1])
    #expect(
      message.contains("wrote more than 1000000 bytes to its files")
        || message.contains("failed with exit code 153"))
  }

  @Test("needs a helper, and says so")
  func noHelper() async throws {
    try await withFolder { folder in
      let program = try TestProgram(in: folder, interpreter: "sh", "printf done > out/note.txt")
      let context = StageContext(stage: "s", monitor: Monitor(), scratch: folder.appending(path: "scratch"))
      let stage = try program.definition().make(["gain": .value(2)])
      await #expect(throws: MissingDependency.self) { try await stage.run(StageInputs([:]), context) }
    }
  }

  /// A killed process may remain as a zombie of the machine's init for a moment.
  private func isAlive(_ file: URL) throws -> Bool {
    let number = try String(contentsOf: file, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
    guard let text = try? String(contentsOfFile: "/proc/\(number)/stat", encoding: .utf8),
      let end = text.lastIndex(of: ")")
    else { return false }
    return !text[end...].hasPrefix(") Z")
  }

  private func expectDead(_ file: URL) throws {
    #expect(try !isAlive(file))
  }
}

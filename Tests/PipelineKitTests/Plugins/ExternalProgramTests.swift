import Foundation
import ProgramTesting
import Synchronization
import Testing

@testable import PipelineKit

@Suite("An external program as a stage", .serialized)
struct ExternalProgramTests {
  @Test("gets its inputs as files and parameters as JSON, and answers with progress, messages and outputs")
  func success() async throws {
    try await withFolder { folder in
      let script = """
        import json, sys
        request = json.load(sys.stdin)
        assert request["protocol"] == 1 and request["stage"] == "s"
        print(json.dumps({"progress": 0.5}), flush=True)
        print(json.dumps({"log": "look", "level": "warning"}))
        texts = [open(path).read() for path in [request["inputs"]["note"]] + request["inputs"]["notes"]]
        with open(request["outputs"]["note"], "w") as file:
            file.write("+".join(texts) + "*" + str(request["parameters"]["gain"]))
        """
      let program = try TestProgram(in: folder, interpreter: "python3", script)
      #expect(try await program.run(note: "a", notes: ["b", "c"]) == "a+b+c*2")
      #expect(program.said.progress.withLock { $0 } == [0.5])
      #expect(program.said.log.withLock { $0 } == ["warning: look"])
    }
  }

  @Test("may put an output anywhere in its scratch folder; an unlinked input is absent from the request")
  func otherPlace() async throws {
    try await withFolder { folder in
      let program = try TestProgram(
        in: folder, interpreter: "sh",
        """
        grep -q '"inputs":{"notes":\\[\\]}' || exit 9
        printf here > elsewhere.txt; echo '{"outputs": {"note": "elsewhere.txt"}}'
        """)
      #expect(try await program.run() == "here")
    }
  }

  @Test("fails with its own message, its exit code or the signal's name, and the end of its standard error")
  func failures() async throws {
    #expect(
      try await TestProgram.failure(#"echo '{"error": "the picture is too dark"}'; exit 3"#)
        == "the picture is too dark")
    #expect(
      try await TestProgram.failure("echo broken >&2; exit 3")
        == "'test.program' failed with exit code 3; it wrote: broken")
    #expect(try await TestProgram.failure("kill -SEGV $$") == "'test.program' crashed with SIGSEGV")
    let long = try await TestProgram.failure(
      "head -c 100000 /dev/zero | tr '\\0' x >&2; printf '\\033[2Jend' >&2; exit 1")
    #expect(long.hasSuffix("x[2Jend") && long.count < 4200)
  }

  @Test("is stopped when it hangs, even if it ignores the polite signal")
  func hang() async throws {
    // On a busy machine the program may not have come to write anything; it gets more time then.
    for seconds in [0.5, 5, 50, 500] {
      let message = try await TestProgram.failure(
        "trap '' TERM; echo busy >&2; while :; do sleep 1; done", ["timeoutSeconds": .number(seconds)])
      let end = message.components(separatedBy: "; it wrote: ")
      #expect(end[0] == "'test.program' was stopped: it was not done within \(Bounds.text(seconds)) s")
      if end.count == 2 { return #expect(end[1] == "busy") }
    }
    Issue.record("what it wrote is not said")
  }

  @Test(
    "is stopped when it floods its output, in one line or in many, or its standard error",
    arguments: [
      ("yes", "more than 1048576 bytes to its standard output"),
      ("cat /dev/zero", "a line of more than 512 bytes to its standard output"),
      ("yes >&2", "more than 1048576 bytes to its standard error"),
    ])
  func flood(_ command: String, _ expected: String) async throws {
    try await withFolder { folder in
      let process = ChildProcess(
        name: "flood", command: ["/bin/sh", "-c", command], folder: folder, environment: [:],
        timeout: .seconds(604_800),
        limits: ChildProcess.Limits(
          lineBytes: 512, outputBytes: 1 << 20, errorBytes: 1 << 20, fileBytes: 1 << 20))
      let failure = await #expect(throws: StageFailure.self) { try await process.run() }
      #expect(failure?.message.contains(expected) == true)
    }
  }

  @Test(
    "fails on a line that is no answer",
    arguments: [
      "hello", "[1]", #"{"progress": 2}"#, #"{"progress": "1"}"#, #"{"progres": 1}"#,
      #"{"outputs": {"note": 1}}"#,
      #"{"log": "x", "level": "loud"}"#, #"{"progress": 1, "progress": 1}"#,
    ])
  func malformedLine(_ line: String) async throws {
    let message = try await TestProgram.failure("echo '\(line)'; exec sleep 1000000")
    #expect(message.contains("wrote a line to its standard output that is no answer: \(line)"))
  }

  @Test("fails when an output is missing, of the wrong format, no file, or outside its folder")
  func outputs() async throws {
    #expect(
      try await TestProgram.failure("exit 0")
        == "the output 'note' of 'test.program' is missing: the program did not write note.txt")
    #expect(
      try await TestProgram.failure("printf BAD > out/note.txt")
        == "the output 'note' of 'test.program' is not readable as type 'note': a note never begins with BAD")
    #expect(try await TestProgram.failure("mkfifo out/note.txt").hasSuffix("is not a plain file"))
    #expect(try await TestProgram.failure("mkdir out/note.txt").hasSuffix("is not a plain file"))
    let outside = "the output 'note' of 'test.program' lies outside the folder the program was given"
    #expect(try await TestProgram.failure("ln -s /etc/passwd out/note.txt") == outside)
    #expect(
      try await TestProgram.failure(#"echo '{"outputs": {"note": "/etc/passwd"}}'"#) == outside)
    #expect(
      try await TestProgram.failure(
        "printf x > ../stolen; "
          + #"echo '{"outputs": {"note": "../stolen"}}'"#) == outside)
    #expect(
      try await TestProgram.failure(#"echo '{"outputs": {"sound": "x"}}'"#)
        == "'test.program' names an output 'sound' that it does not declare")
  }

  @Test("that is not installed is a missing dependency, found by its name")
  func missingProgram() async throws {
    try await withFolder { folder in
      let program = try TestProgram(in: folder, interpreter: "no-such-interpreter", "")
      await #expect(throws: MissingDependency.self) { try await program.run() }
    }
  }

  @Test("sees only the few variables it is promised, and no descriptor but its three")
  func environment() async throws {
    try await withFolder { folder in
      let program = try TestProgram(
        in: folder, interpreter: "sh",
        """
        tr '\\0' '\\n' < /proc/$$/environ | sort > environment
        grep -qx "TMPDIR=$PWD/tmp" environment && [ -d tmp ] || exit 8
        ls /proc/self/fd > descriptors
        echo $(cut -d= -f1 environment) $(cat descriptors) > out/note.txt
        """, ["environment": ["WANTED", "ABSENT"]])
      let environment = [
        "PATH": ProcessInfo.processInfo.environment["PATH"]!, "HOME": "/h", "SECRET": "x", "WANTED": "y",
      ]
      let seen = try await program.run(environment: environment)
      // Descriptor 3 is the folder that ls itself lists.
      #expect(seen == "HOME LANG PATH TMPDIR WANTED 0 1 2 3\n")
    }
  }

  @Test("is killed after cancellation, with all it started")
  func cancellation() async throws {
    try await withFolder { folder in
      let program = try TestProgram(
        in: folder, interpreter: "sh",
        """
        trap '' TERM
        (trap '' TERM; exec sleep 1000000) & echo $! > ../grandchild
        echo '{"progress": 0.1}'
        wait
        """)
      let task = Task { try await program.run() }
      try await waiting(for: task) { program.said.progress.withLock { !$0.isEmpty } }
      task.cancel()
      await #expect(throws: CancellationError.self) { try await task.value }
      try await expectDead(folder.appending(path: "grandchild"))
    }
  }

  @Test("leaves nothing running when it ends while its children hold its output open")
  func leftovers() async throws {
    try await withFolder { folder in
      let program = try TestProgram(
        in: folder, interpreter: "sh", "sleep 1000000 & echo $! > ../grandchild; printf done > out/note.txt")
      #expect(try await program.run() == "done")
      try await expectDead(folder.appending(path: "grandchild"))
    }
  }

  @Test("leaves no zombie and no open file behind, whether it succeeds, fails or is stopped")
  func noZombie() async throws {
    try await withFolder { folder in
      for script in ["exit 1", "printf x > out/note.txt", "echo nonsense; sleep 1000000"] {
        let program = try TestProgram(in: folder, interpreter: "sh", script)
        _ = try? await program.run()
      }
      let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap {
        try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/" + $0)
      }
      #expect(!open.contains { $0.hasPrefix(folder.path(percentEncoded: false)) })
      try await wait {
        (try? processes().contains { $0.parent == getpid() && $0.state == "Z" }) == false
      }
    }
  }

  /// Waits for what must come, as long as it takes.
  private func wait(_ condition: () -> Bool) async throws {
    while !condition() { try await Task.sleep(for: .milliseconds(10)) }
  }

  /// A killed process may remain as a zombie of the machine's init for a moment.
  private func expectDead(_ file: URL) async throws {
    let pid = try #require(
      Int32(try String(contentsOf: file, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)))
    try await wait { (try? processes().contains { $0.id == pid && $0.state != "Z" }) == false }
  }

  private func processes() throws -> [(id: Int32, parent: Int32, state: String)] {
    try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { name in
      guard let id = Int32(name),
        let text = try? String(contentsOfFile: "/proc/\(name)/stat", encoding: .utf8),
        let end = text.lastIndex(of: ")")
      else { return nil }
      let fields = text[end...].split(separator: " ")
      return (id, Int32(fields[2])!, String(fields[1]))
    }
  }
}

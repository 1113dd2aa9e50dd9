import Foundation
import HelperTesting
import PipelineTesting
import Testing

@testable import PipelineKit

@Suite("The stage exec")
struct ExecStageTests {
  private let definition = ExecStage.definition(
    inputs: [
      PortDescriptor(name: "note", type: "note", arity: .optional, help: "A note."),
      PortDescriptor(name: "other", type: "note", arity: .optional, help: "Another."),
    ], outputs: [PortDescriptor(name: "note", type: "note", help: "The result.")],
    types: ["note": Note.definition], environment: ProcessInfo.processInfo.environment)

  /// A command and the longest it may take, and defaults for the rest.
  private func settings(_ command: JSONValue, timeoutSeconds: Double) -> [String: Setting] {
    definition.descriptor.defaults.merging([
      "command": .value(command), "timeoutSeconds": .value(.number(timeoutSeconds)),
    ]) { $1 }
  }

  private func run(_ command: JSONValue, note: String? = nil, allowed: Bool = true) async throws -> String {
    try await withFolder { folder in
      var permissions = Permissions()
      permissions.exec = allowed
      let stage = try definition.make(settings(command, timeoutSeconds: 604_800))
      let context = StageContext(
        stage: "s", monitor: Monitor(), scratch: folder.appending(path: "s"), permissions: permissions,
        services: .withHelper)
      let inputs = StageInputs(note.map { ["note": [Note(text: $0)]] } ?? [:])
      return (try await stage.run(inputs, context).values["note"] as! Note).text
    }
  }

  @Test("runs a command on files and reads the file it writes")
  func copies() async throws {
    #expect(try await run(["cp", "{in:note}", "{out:note}"], note: "as it is") == "as it is")
    #expect(try await run(["sh", "-c", "awk '{print $1}' {in:note} > {out:note}"], note: "x y") == "x\n")
  }

  @Test("hands no word to a shell")
  func noShell() async throws {
    let hostile: JSONValue = ["printf", "$(touch stolen); `id`"]
    await #expect(throws: ParameterConflict.self) { try await run(hostile) }
    #expect(
      try await run([
        "python3", "-c", "import sys; open(sys.argv[1], 'w').write(sys.argv[2])", "{out:note}", "$HOME; `id`",
      ])
        == "$HOME; `id`")
  }

  @Test("runs nothing unless the caller allows it")
  func refusal() async throws {
    let failure = await #expect(throws: StageFailure.self) {
      try await run(["sh", "-c", "echo x > {out:note}"], allowed: false)
    }
    #expect(failure?.advice == "allow it with --allow-exec if you trust the document")
    #expect(!definition.descriptor.isPure)
  }

  @Test(
    "refuses a command that cannot be right before anything runs",
    arguments: [
      (["./tool", "{out:note}"], "'./tool' is neither"),
      (["cp", "{in:note}"], "no word says {out:note}"),
      (
        ["cp", "{in:nte}", "{out:note}"],
        "{in:nte} names no port; there are {in:note}, {in:other}, {out:note}"
      ),
      (["{in:note}", "{out:note}"], "is neither"),
    ])
  func conflicts(_ command: [String], _ expected: String) throws {
    let conflict = #expect(throws: ParameterConflict.self) {
      try definition.make(settings(command.json, timeoutSeconds: 1))
    }
    #expect(conflict?.parameter == "command")
    #expect(conflict?.message.contains(expected) == true)
  }

  @Test("refuses an input that is linked and not named, or named and not linked")
  func links() async throws {
    let unnamed = await #expect(throws: StageFailure.self) {
      try await run(["sh", "-c", "echo x > {out:note}"], note: "x")
    }
    #expect(unnamed?.message == "the input 'note' is linked, but no word of the command says {in:note}")
    let unlinked = await #expect(throws: StageFailure.self) {
      try await run(["cp", "{in:note}", "{out:note}"])
    }
    #expect(unlinked?.message == "the command names {in:note}, but nothing is linked to the input 'note'")
  }

  /// Runs a document in which `slow` would run before the commands could.
  private func runDocument(
    _ commands: [String: JSONValue], allowed: Bool, keepsGoing: Bool = false
  ) async throws -> (run: RecordedRun, obstacles: [String]) {
    var registry = Registry()
    registry.register(Note.definition)
    try registry.register(definition)
    try registry.register(
      .stub("slow", inputs: [], outputs: [PortDescriptor(name: "note", type: "note", help: "")]) { _ in
        StageOutputs(["note": Note(text: "x")])
      })
    let bench = try Bench(registry: registry)
    var stages: [String: JSONValue] = ["slow": ["use": "slow"]]
    for (id, command) in commands {
      stages[id] = ["use": "exec", "in": ["note": "slow.note"], "set": ["command": command]]
    }
    let outputs = JSONValue.object(
      Dictionary(uniqueKeysWithValues: commands.keys.map { ($0, .string("\($0).note")) }))
    let document = JSONWriter.pretty(["formatVersion": 1, "stages": .object(stages), "outputs": outputs])
    let plan = try bench.plan(document) { $0.permissions.exec = allowed }
    let obstacles = try RunForecast(plan, store: nil).entries.compactMap(\.obstacle)
    let run = try await bench.run(document) {
      $0.keepsGoing = keepsGoing
      $0.services = .withHelper
    } asking: {
      $0.permissions.exec = allowed
    }
    return (run, obstacles)
  }

  @Test("what is not allowed, or needs a program that is missing, is said before anything runs, all of it")
  func readiness() async throws {
    let fine: JSONValue = ["cp", "{in:note}", "{out:note}"]
    let (forbidden, obstacles) = try await runDocument(["a": fine, "b": fine], allowed: false)
    #expect(Set(forbidden.failures.map(\.step)) == ["a", "b"])
    #expect(forbidden.events.started.isEmpty)
    #expect(obstacles.count == 2 && obstacles.allSatisfy { $0.contains("--allow-exec") })

    let missing: [String: JSONValue] = [
      "a": ["no-such-program", "{in:note}", "{out:note}"],
      "b": ["/no/such/program", "{in:note}", "{out:note}"],
      "c": ["/tmp", "{in:note}", "{out:note}"], "d": fine,
    ]
    let run = try await runDocument(missing, allowed: true).run
    #expect(Set(run.failures.map(\.step)) == ["a", "b", "c"])
    #expect(run.failures.allSatisfy { $0.cause is MissingDependency })
    #expect(run.events.started.isEmpty)

    let going = try await runDocument(missing, allowed: true, keepsGoing: true).run
    #expect(Set(going.failures.map(\.step)) == ["a", "b", "c"])
    #expect(Set(going.events.finished) == ["slow", "d"])
  }

  @Test("fails with the command's name and what it wrote")
  func failure() async throws {
    let failure = await #expect(throws: StageFailure.self) {
      try await run(["sh", "-c", "echo no >&2; exit 7 {out:note}"])
    }
    #expect(failure?.message == "'sh' failed with exit code 7; it wrote: no")
  }
}

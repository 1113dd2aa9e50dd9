import Foundation
import HelperTesting
import PipelineKit
import Synchronization

/// An external program made for one test: a manifest and a script in a folder of their own.
struct TestProgram {
  let folder: URL
  var manifest: JSONValue
  let said = Recorder()

  /// What a run reported.
  final class Recorder: Sendable {
    let progress = Mutex<[Double]>([])
    let log = Mutex<[String]>([])
  }

  /// - Parameter members: added to a manifest with the inputs `note` (optional) and `notes` (a list), the output `note`
  ///   and the number parameter `gain`.
  init(in folder: URL, interpreter: String, _ script: String, _ members: [String: JSONValue] = [:]) throws {
    self.folder = folder
    let standard: [String: JSONValue] = [
      "formatVersion": 1, "name": "test.program", "summary": "For a test.",
      // A busy machine is no reason to fail.
      "timeoutSeconds": 604_800,
      "command": [.string(interpreter), "./script"],
      "parameters": ["gain": ["type": "number", "default": 2, "maximum": 10, "help": "A number."]],
      "inputs": [
        "note": ["type": "note", "help": "A note.", "arity": "optional"],
        "notes": ["type": "note", "help": "Notes.", "arity": "many"],
      ],
      "outputs": ["note": ["type": "note", "help": "The result."]],
    ]
    manifest = .object(standard.merging(members) { $1 })
    try Data(script.utf8).write(to: folder.appending(path: "script"))
    try JSONWriter.canonical(manifest).write(to: file)
  }

  var file: URL { folder.appending(path: "test.plugin.json") }

  func definition(environment: [String: String] = ProcessInfo.processInfo.environment) throws
    -> StageDefinition
  {
    try ExternalProgram(manifest: file, named: "test.plugin.json", types: ["note"])
      .definition(types: ["note": Note.definition], environment: environment)
  }

  /// Runs the program with these inputs and returns its output.
  func run(
    note: String? = nil, notes: [String] = [],
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) async throws -> String {
    let stage = try definition(environment: environment).make(["gain": .value(2)])
    let inputs = StageInputs([
      "note": note.map { [Note(text: $0)] } ?? [], "notes": notes.map { Note(text: $0) },
    ])
    let said = said
    let context = StageContext(
      stage: "s", monitor: Monitor { progress in said.progress.withLock { $0.append(progress.fraction) } },
      scratch: folder.appending(path: "scratch"), services: .withHelper,
      log: { level, message in said.log.withLock { $0.append("\(level.rawValue): \(message)") } })
    let outputs = try await stage.run(inputs, context)
    return (outputs.values["note"] as! Note).text
  }

  /// The message of the failure that a run of this shell script ends with.
  static func failure(_ script: String, _ members: [String: JSONValue] = [:]) async throws -> String {
    try await withFolder { folder in
      let program = try TestProgram(in: folder, interpreter: "sh", script, members)
      do {
        return "no failure but \(try await program.run())"
      } catch let failure as StageFailure {
        return failure.description
      }
    }
  }
}

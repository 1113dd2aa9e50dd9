import ArgumentParser
import Foundation
import Foundations
import PaintByExample
import PipelineKit
import Stages

/// The command `pipeline-run`.
@main
struct PipelineRun: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pipeline-run",
    abstract: "Runs pipelines that paint an exemplar into a picture, written as JSON documents.",
    discussion: """
      EXAMPLES
        pipeline-run Pipelines/copy-paste.json --input scene=room.jpg --input mask=hole.png --input exemplar=cup.jpg
        pipeline-run edit.json --param photo=room.jpg --set blend.feather=12 --why
        pipeline-run edit.json --swap paint=./copy-paste.json --out out/baseline
        cat room.jpg | pipeline-run edit.json --param photo=- --output picture=- | convert - -resize 50% small.png
        pipeline-run stages image.blend
        pipeline-run replay out/picture.png

      EXIT CODES
        0 done   1 a replay makes other pixels   2 usage   3 invalid document   4 a stage failed
        5 something is missing (a model, a library)
        75 a later try may do: a full disk, a lock, a server that is away   130, 143 interrupted
      """,
    version: Program.version,
    subcommands: [
      RunCommand.self, BatchCommand.self, ValidateCommand.self, ResolveCommand.self, PlanCommand.self,
      GraphCommand.self, ReportCommand.self, EvaluateCommand.self, StudyCommand.self, StagesCommand.self,
      SchemaCommand.self,
      ReplayCommand.self,
      ModelsCommand.self,
      PairsCommand.self, WorldCommand.self, TrainCommand.self, CacheCommand.self, DoctorCommand.self,
    ],
    defaultSubcommand: RunCommand.self)

  static func main() async {
    Machine.serveHelpers()
    ScratchPlace.holdTemporaryFiles()
    defer { ScratchPlace.removeAll() }
    let interruption = Interruption()
    OpenFiles.raiseLimit()
    var names: ByteNames?
    defer { withExtendedLifetime(names) {} }
    do {
      names = try ByteNames.ofProcess()
      let arguments = names?.arguments ?? Array(CommandLine.arguments.dropFirst())
      if let script = try CompletionScript.asked(by: arguments) {
        print(script)
        return try StandardOutput.check()
      }
      try CommandNames.check(arguments)
      var command = try parseAsRoot(names?.arguments)
      guard FileManager.default.currentDirectoryPath.hasPrefix("/") else {
        throw UsageFault("the working folder does not exist any more; change to another one (cd)")
      }
      if let unhurried = type(of: command) as? any UnhurriedCommand.Type {
        interruption.patience = unhurried.patience
      }
      try await interruption.guarding {
        if var asynchronous = command as? any AsyncParsableCommand {
          try await asynchronous.run()
        } else {
          try command.run()
        }
      }
      try StandardOutput.check()
    } catch {
      names = nil
      let code = Failure.report(error, interruption)
      ScratchPlace.removeAll()
      Foundation.exit(code)
    }
  }
}

/// What this program is called and which it is.
enum Program {
  static let name = "pipeline-run"
  /// As it was called.
  static var command: [String] { [name] + CommandLine.arguments.dropFirst() }

  /// Told of every command when it starts; finding the commit and the libraries takes a while, so that only who asks waits.
  static var version: String {
    CommandLine.arguments.contains("--version") ? Release.description : Release.version
  }
}

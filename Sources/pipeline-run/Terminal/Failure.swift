import ArgumentParser
import Diffusion
import Experiments
import Foundation
import Foundations
import ModelHub
import PipelineKit

/// Says an error to the person at the keyboard, and which exit code it has.
enum Failure {
  static func report(_ error: any Error, _ interruption: Interruption) -> Int32 {
    if let code = interruption.exitCode {
      Terminal.say("interrupted; nothing half-written was left behind")
      return code
    }
    let error: any Error = FileError(error) ?? error
    guard !isPassing(error) else {
      Terminal.say((error as? RunFailure).map { "\($0)" } ?? "error: \(error)")
      return again
    }
    switch error {
    case let invalid as InvalidDocument:
      let renderer = DiagnosticRenderer(usesColour: Terminal.isColoured, width: Terminal.width)
      Terminal.say(renderer.render(invalid.diagnostics))
      return 3
    case let unreadable as UnreadableDocument:
      Terminal.say("error: \(unreadable)")
      return 3
    case let unusable as UnusablePlugin:
      Terminal.say("error: \(unusable)")
      return 5
    case let missing as MissingDependency:
      Terminal.say("error: \(missing)")
      return 5
    case let missing as MissingDependencies:
      for one in missing.all { Terminal.say("error: \(one)") }
      return 5
    case let failure as RunFailure: return report(failure)
    case let reported as Reported: return reported.exitCode
    case is HubError, is CheckpointError, is ModelMismatch:
      Terminal.say("error: \(error)")
      return 4
    case let usage as UsageFault:
      Terminal.say("error: \(usage.message)")
      return 2
    default: return reportArguments(error, interruption)
    }
  }

  /// What a later try may mend, by sysexits.h: job systems are told to try such a task again.
  static let again: Int32 = 75

  /// Whether the same command may go well later: a full disk, what another process holds, a server that does not answer.
  private static func isPassing(_ error: any Error) -> Bool {
    switch error {
    case is BatchIsRunning, is TooLittleRoom: return true
    case let error as FileError: return error.reason.isPassing
    case let error as CheckpointError: return error.reason == .noSpace
    case HubError.unreachable, HubError.incomplete, HubError.noSpace: return true
    case HubError.refused(_, let status): return status == 408 || status == 429 || status >= 500
    case let failure as RunFailure:
      return !failure.failures.isEmpty
        && failure.failures.allSatisfy { isPassing(FileError($0.cause) ?? $0.cause) }
    default: return false
    }
  }

  private static func report(_ failure: RunFailure) -> Int32 {
    Terminal.say("\(failure)")
    return failure.failures.contains { $0.cause is MissingDependency } ? 5 : 4
  }

  /// Help, version and usage errors come from the argument parser, whose own code for usage errors is 64.
  private static func reportArguments(_ error: any Error, _ interruption: Interruption) -> Int32 {
    let code = PipelineRun.exitCode(for: error)
    let message = PipelineRun.fullMessage(for: error)
    if code.isSuccess {
      print(message)
      do {
        try StandardOutput.check()
        return 0
      } catch {
        return report(error, interruption)
      }
    }
    if code == .failure {
      Terminal.say("error: \(error)")
      return 4
    }
    Terminal.say(message)
    return code == .validationFailure ? 2 : code.rawValue
  }
}

/// A command used wrongly, in a way only the command itself can see.
struct UsageFault: Error {
  let message: String
  init(_ message: String) { self.message = message }
}

/// A failure that has been said already.
struct Reported: Error {
  let exitCode: Int32
}

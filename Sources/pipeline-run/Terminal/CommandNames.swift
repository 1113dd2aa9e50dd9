import ArgumentParser
import Foundation
import Foundations

/// Finds commands that are typed wrongly. The parser takes such a word for a document, and says what is wrong with that.
enum CommandNames {
  /// - Throws: ``UsageFault`` for a word that stands where a command may, and is neither one nor a file.
  static func check(_ arguments: [String]) throws {
    var command: any ParsableCommand.Type = PipelineRun.self
    var path = [Program.name]
    for word in arguments {
      let commands = command.configuration.subcommands
      guard !commands.isEmpty, !word.hasPrefix("-") else { return }
      if let next = commands.first(where: { $0._commandName == word }) {
        command = next
        path.append(word)
        continue
      }
      // Documents have endings, and paths strokes.
      guard word.allSatisfy({ $0.isLetter || $0 == "-" }), word != "help",
        !FileManager.default.fileExists(atPath: word)
      else { return }
      let names = commands.map { $0._commandName }
      let place = path.joined(separator: " ")
      throw UsageFault(
        "there is neither a command '\(place) \(word)' nor a file '\(word)'"
          + (nearestName(to: word, among: names).map { "; did you mean '\(place) \($0)'?" }
            ?? "; the commands are \(names.joined(separator: ", "))"))
    }
  }
}

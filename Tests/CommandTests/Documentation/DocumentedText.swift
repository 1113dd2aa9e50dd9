import Foundation

/// A text of the project that shows commands: the README and those beside the things they tell of.
struct DocumentedText: Sendable, CustomStringConvertible {
  /// A block between fences.
  struct Block: Sendable {
    /// What is said of its language; empty for commands and what they print.
    var language: String
    /// The lines, and the number of the first.
    var lines: [Substring]
    var number: Int
    var text: String { lines.joined(separator: "\n") }
  }

  /// The path within the project.
  let path: String
  /// The blocks between fences, in order.
  let blocks: [Block]
  /// The pieces of code within the running text.
  let code: [String]

  static let all = [
    "README.md", "CONTRIBUTING.md", "Plugins/README.md", "Examples/embed/README.md",
    "Models/paint-by-example-128/README.md",
  ].map { try! DocumentedText($0) }

  var description: String { path }

  init(_ path: String) throws {
    self.path = path
    let text = try String(contentsOf: Workplace.repository.appending(path: path), encoding: .utf8)
    var (blocks, open, prose) = ([Block](), Block?.none, "")
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      if line.hasPrefix("```") {
        if let block = open { blocks.append(block) }
        open = open == nil ? Block(language: String(line.dropFirst(3)), lines: [], number: index + 2) : nil
      } else if open != nil {
        open?.lines.append(line)
      } else {
        prose += line + " "
      }
    }
    self.blocks = blocks
    // Every second piece lies between backticks.
    code = prose.split(separator: "`", omittingEmptySubsequences: false).enumerated().filter {
      $0.offset % 2 == 1
    }
    .map { String($0.element) }
  }

  /// A command line, as the text shows it.
  struct Command: Sendable, CustomStringConvertible {
    var line: String
    /// Where it stands.
    var place: String
    var description: String { "\(place): \(line)" }
  }

  /// The command lines, without what is said about them, those within running text last.
  var commands: [Command] {
    var commands: [Command] = []
    for block in blocks where block.language.isEmpty && block.lines.contains(where: Self.startsCommand) {
      for (offset, line) in block.lines.enumerated() {
        let bare = line.prefix(upTo: line.range(of: "  #")?.lowerBound ?? line.endIndex)
        let command = bare.trimmingCharacters(in: .whitespaces)
        if !command.isEmpty {
          commands.append(Command(line: command, place: "\(path):\(block.number + offset)"))
        }
      }
    }
    // The name of a command alone is no line to be typed.
    let typed = code.filter {
      Self.startsCommand($0[...]) && ($0.hasPrefix("make ") || $0.split(separator: " ").count > 2)
    }
    return commands + typed.filter { !$0.contains("→") }.map { Command(line: $0, place: path) }
  }

  private static func startsCommand(_ line: Substring) -> Bool {
    ["pipeline-run ", "make ", "swift ", "torchrun ", "python3 "].contains { line.hasPrefix($0) }
  }
}

import Foundation
import PaintByExample

/// Paints an exemplar into a scene with pictures in memory, and shows what a program gets to hear meanwhile:
/// `embed PIPELINE.json SCENE MASK EXEMPLAR RESULT.png [param=value …]`.
@main
struct Embed {
  static func main() async {
    // First of all: stages that may crash run in a process of their own, which is this program started again.
    Machine.serveHelpers()
    do {
      try await paint(CommandLine.arguments.dropFirst().map { $0 })
    } catch {
      // Every error says itself: where in the document, what was expected, what to do.
      FileHandle.standardError.write(Data("\(error)\n".utf8))
      exit(1)
    }
  }

  static func paint(_ words: [String]) async throws {
    guard words.count >= 5 else { throw Usage() }
    let machine = try Machine()
    let pipeline = try Pipeline(words[0], on: machine)

    // Pictures in memory, as a program has them; a path would do as well: .file(words[1]).
    let scene = try Image.load(from: words[1])
    let run = pipeline.start(
      inputs: [.scene: .image(scene), .mask: .file(words[2]), .exemplar: .encoded(try bytes(of: words[3]))],
      params: Dictionary(uniqueKeysWithValues: words[5...].map(param)))

    for await event in run.events {
      switch event {
      case .progressed(let step, let progress): print("\(step): \(Int(progress.fraction * 100)) %")
      case .finished(let step, let result): print("\(step): \(result.seconds) s")
      default: break
      }
    }
    let result = try await run.result
    for warning in result.warnings { print("warning: \(warning)") }

    let picture = try result.image("picture")
    print("painted \(picture.width)×\(picture.height) in \(result.seconds) s")
    try picture.write(to: words[4])
    if try result.report("change")["outsideIsIdentical"] == true {
      print("outside the mask not a bit has changed")
    }
  }

  static func bytes(of path: String) throws -> Data { try Data(contentsOf: URL(filePath: path)) }

  /// `guidance=5` as a name and a value.
  static func param(_ word: String) -> (String, JSONValue) {
    let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
    let text = parts.count == 2 ? parts[1] : ""
    return (parts[0], Double(text).map { .number($0) } ?? .string(text))
  }
}

struct Usage: Error, CustomStringConvertible {
  var description: String { "usage: embed PIPELINE.json SCENE MASK EXEMPLAR RESULT.png [param=value …]" }
}

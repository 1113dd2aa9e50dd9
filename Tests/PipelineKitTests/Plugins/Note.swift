import Foundation
import PipelineKit

/// A port value for tests of plugins: a text that does not begin with "BAD".
struct Note: PortValue, Hashable {
  var text: String

  static let portType: PortType = "note"
  static let exchangeExtension = "txt"
  static let definition = PortTypeDefinition(Note.self, summary: "A text.")

  var shape: ValueShape { ValueShape(summary: "\(text.count) characters", bytes: text.utf8.count) }

  func write(to folder: URL, monitor: Monitor) throws {
    try export(to: folder.appending(path: "note.txt"), monitor: monitor)
  }
  static func read(from folder: URL) throws -> Note {
    try imported(from: folder.appending(path: "note.txt"))
  }
  func export(to file: URL, monitor: Monitor) throws { try Data(text.utf8).write(to: file) }
  static func imported(from file: URL) throws -> Note {
    let text = try String(contentsOf: file, encoding: .utf8)
    guard !text.hasPrefix("BAD") else { throw StageFailure("a note never begins with BAD") }
    return Note(text: text)
  }
}

/// A folder that is removed at the end of the test.
func withFolder<Value>(_ body: (URL) async throws -> Value) async throws -> Value {
  let folder = FileManager.default.temporaryDirectory.appending(
    path: "plugins-\(UUID().uuidString)", directoryHint: .isDirectory)
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try await body(folder.resolvingSymlinksInPath())
}

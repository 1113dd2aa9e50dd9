import Foundations
import Foundation

/// Metrics as JSON lines, one for each step.
struct MetricsLog {
  private let handle: FileHandle
  private let encoder: JSONEncoder

  /// Opens a log to go on after a step: lines of later steps, and one that was cut short, are removed.
  init(_ file: URL, goingOnAfter step: Int) throws {
    encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let metrics = try Self.read(file).filter { $0.step <= step }
    var text = Data()
    for line in metrics { text += try encoder.encode(line) + Data("\n".utf8) }
    try AtomicFile(file).write(text)
    handle = try FileHandle(forWritingTo: file)
    try handle.seekToEnd()
  }

  /// Adds a line; it outlives the process from then on.
  func append(_ metrics: TrainingMetrics) throws {
    try handle.write(contentsOf: encoder.encode(metrics) + Data("\n".utf8))
  }

  /// The lines of a log, without what is no line of metrics; none when there is no such file.
  static func read(_ file: URL) throws -> [TrainingMetrics] {
    guard FileManager.default.fileExists(atPath: file.path(percentEncoded: false)) else { return [] }
    let decoder = JSONDecoder()
    return try Data(ofFile: file).split(separator: UInt8(ascii: "\n")).compactMap {
      try? decoder.decode(TrainingMetrics.self, from: $0)
    }
  }
}

import Foundation
import Synchronization

/// Cuts what a program writes to standard output into lines.
struct LineSplitter {
  let name: String
  let limits: ChildProcess.Limits
  private var line: [UInt8] = []
  private var count = 0

  init(name: String, limits: ChildProcess.Limits) {
    self.name = name
    self.limits = limits
  }

  mutating func add(_ bytes: [UInt8], _ onLine: ([UInt8]) throws -> Void) throws {
    count += bytes.count
    guard count <= limits.outputBytes else {
      throw StageFailure(
        "'\(name)' was stopped: it wrote more than \(limits.outputBytes) bytes to its standard output")
    }
    let pieces = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, piece) in pieces.enumerated() {
      line += piece
      guard line.count <= limits.lineBytes else {
        throw StageFailure(
          "'\(name)' was stopped: it wrote a line of more than \(limits.lineBytes) bytes to its standard output"
        )
      }
      if index < pieces.count - 1 { try finish(onLine) }
    }
  }

  /// Hands on the line begun.
  mutating func finish(_ onLine: ([UInt8]) throws -> Void) throws {
    defer { line = [] }
    if !line.isEmpty { try onLine(line) }
  }
}

/// The end of what a program writes to standard error, for messages.
final class ErrorOutput: Sendable {
  private static let tailBytes = 4096
  private let limit: Int
  private let state = Mutex<(count: Int, tail: [UInt8])>((0, []))

  init(limit: Int) { self.limit = limit }

  func add(_ bytes: [UInt8], _ name: String) throws {
    let count = state.withLock { state in
      state.count += bytes.count
      state.tail = (state.tail + bytes).suffix(Self.tailBytes)
      return state.count
    }
    guard count <= limit else {
      throw StageFailure("'\(name)' was stopped: it wrote more than \(limit) bytes to its standard error")
    }
  }

  /// `; it wrote: …`, or nothing when it wrote nothing.
  var quote: String {
    let text = String(decoding: state.withLock { $0.tail }, as: UTF8.self).printable
    return text.isEmpty ? "" : "; it wrote: \(text)"
  }
}

extension String {
  /// Without control characters, which could steer a terminal; surrounding space is dropped.
  var printable: String {
    String(
      String.UnicodeScalarView(
        unicodeScalars.filter {
          $0 == "\n" || $0 == "\t"
            || ($0.properties.generalCategory != .control && $0.properties.generalCategory != .format)
        })
    ).trimmingCharacters(in: .whitespacesAndNewlines)
  }
}

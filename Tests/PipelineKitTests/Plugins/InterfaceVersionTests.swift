import Foundation
import Testing

@testable import PipelineKit

@Suite("The interface of dynamic-library plugins")
struct InterfaceVersionTests {
  /// Whoever changes what a plugin built before would get wrong is warned by this test.
  @Test("has the protocols, fields and cases it had when its version was last raised")
  func interface() throws {
    let sources = URL(filePath: #filePath).appending(path: "../../../../Sources")
      .standardizedFileURL
    let stage = sources.appending(path: "PipelineKit/Stage").path(percentEncoded: false)
    let files =
      try FileManager.default.contentsOfDirectory(atPath: stage).sorted().map { "PipelineKit/Stage/" + $0 }
      + ["Foundations/JSON/JSONValue.swift", "Foundations/SeededGenerator.swift"]
    let lines = try files.flatMap {
      Self.interface(of: try String(contentsOf: sources.appending(path: $0), encoding: .utf8))
    }
    #expect(lines.contains("  static var isPure: Bool { get }") && lines.contains("  case number(Double)"))
    let digest = ContentDigest(of: Data(lines.joined(separator: "\n").utf8))
    #expect(
      digest.description.prefix(12) == "7ce90de2cb0e",
      "raise PluginLibrary.interfaceVersion and record this digest"
    )
  }

  /// The lines of a source text that say how its public types are laid out: the requirements of protocols, the stored
  /// properties of structures and the cases of enumerations, in order.
  private static func interface(of source: String) -> [String] {
    var lines: [String] = []
    var isPublic = false
    var isProtocol = false
    for line in source.split(separator: "\n").map(String.init) where !line.contains("//") {
      if !line.hasPrefix(" ") {
        isPublic = line.hasPrefix("public ") && line.hasSuffix("{")
        isProtocol = line.hasPrefix("public protocol")
        if isPublic { lines.append(line) }
      } else if isPublic, isProtocol || isLayout(line) {
        lines.append(line)
      }
    }
    return lines
  }

  /// Whether a line within a type declares a case or a stored property.
  private static func isLayout(_ line: String) -> Bool {
    guard line.hasPrefix("  "), !line.hasPrefix("   ") else { return false }
    let words = line.split(separator: " ").prefix { $0 != "=" }
    return words.first == "case"
      || (!words.contains("static") && !line.hasSuffix("{") && !line.hasSuffix("}")
        && words.contains { $0 == "let" || $0 == "var" })
  }
}

import Diffusion
import Foundation
import Foundations
import Testing

@testable import Evaluation

/// What `Scripts/fixtures/evaluation.py` wrote.
enum Fixtures {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")

  static func path(_ name: String) -> String { folder.appending(path: name).path(percentEncoded: false) }

  /// A matrix of `measures.safetensors`.
  static func matrix(_ name: String) throws -> Matrix {
    let tensor = try tensor(name)
    try #require(tensor.shape.count == 2)
    return Matrix(rows: tensor.shape[0], columns: tensor.shape[1], values: try #require(tensor.doubles()))
  }

  static func tensor(_ name: String) throws -> CheckpointTensor {
    try #require(try Checkpoint(safetensors: path("measures.safetensors"))[name])
  }

  /// A number of `measures.json`.
  static func number(_ name: String) throws -> Double { try #require(try expected[name]?.number) }

  static var expected: JSONValue {
    get throws {
      try JSONValue(
        parsing: String(decoding: Data(contentsOf: URL(filePath: path("measures.json"))), as: UTF8.self))
    }
  }
}

/// Whether two numbers differ by no more than a share of the greater.
func isClose(_ first: Double, _ second: Double, _ share: Double) -> Bool {
  abs(first - second) <= share * max(1, abs(first), abs(second))
}

public import Foundation
public import PipelineKit
import Training

/// The value at a `training-data` port: where examples come from. They are made while a network learns, and never kept.
public struct TrainingExamples: PortValue {
  let data: any TrainingData

  init(_ data: any TrainingData) { self.data = data }

  /// The type of port it flows through.
  public static let portType: PortType = "training-data"
  /// There is no exchange form.
  public static let exchangeExtension = "json"

  /// What a plan says of it.
  public var shape: ValueShape { .trainingData(count: data.count, size: data.size) }

  /// Not possible: examples are made, not kept.
  public func write(to folder: URL, monitor: Monitor) throws { throw Self.notKept }
  /// Not possible: examples are made, not kept.
  public static func read(from folder: URL) throws -> TrainingExamples { throw notKept }
  /// Not possible: programs outside take shards, which `pipeline-run pairs` writes.
  public func export(to file: URL, monitor: Monitor) throws { throw Self.notKept }
  /// Not possible: examples are made, not kept.
  public static func imported(from file: URL) throws -> TrainingExamples { throw notKept }

  private static var notKept: StageFailure {
    StageFailure(
      "training data cannot be written to a file",
      advice: "pipeline-run pairs writes shards that programs read")
  }
}

extension ValueShape {
  /// What is known of training data.
  static func trainingData(count: Int?, size: Int) -> ValueShape {
    ValueShape(
      summary: "\(count.map { "\($0)" } ?? "endless") examples of \(size)×\(size)", bytes: 0,
      sizes: ["size": size])
  }
}

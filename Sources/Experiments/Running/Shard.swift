import Foundation
import Foundations
import PipelineKit

/// A part of an experiment's rows, decided by the rows alone: whoever runs shard 2 of 8 runs the same ones.
public struct Shard: Sendable, Hashable, CustomStringConvertible {
  /// Which one, from 0.
  public let index: Int
  /// Of how many.
  public let count: Int
  /// Where that was read, for people; nil when it was given.
  public let source: String?

  /// All rows.
  public static let all = Shard(index: 0, count: 1, source: nil)

  private init(index: Int, count: Int, source: String?) {
    (self.index, self.count, self.source) = (index, count, source)
  }

  /// Why there is no such shard.
  public struct Fault: Error, Sendable, CustomStringConvertible {
    /// In words.
    public let description: String
  }

  /// `2/8`: the second of eight.
  public init(_ text: String) throws(Fault) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let number = parts[0], let count = parts[1], (1...100_000).contains(count),
      (1...count).contains(number)
    else {
      throw Fault(description: "'\(text)' is no shard: 2/8 is the second of eight, auto asks the job system")
    }
    self.init(index: number - 1, count: count, source: nil)
  }

  /// The shard that a job system's array gives this process, by its environment variables. Ranks of processes that work
  /// together (`SLURM_PROCID`, `RANK`) are no shards.
  public init(environment: [String: String]) throws(Fault) {
    for array in JobArray.known {
      guard let shard = try array.shard(environment) else { continue }
      self = shard
      return
    }
    throw Fault(
      description:
        "no job array: none of \(JobArray.known.map(\.index).joined(separator: ", ")) is set; give --shard i/n"
    )
  }

  /// Whether every row belongs to it.
  var holdsAll: Bool { count == 1 }

  /// Whether a row of that key belongs to it.
  func holds(_ key: ContentDigest) -> Bool {
    key.first % UInt64(count) == UInt64(index)
  }

  /// The file of its records.
  var records: String {
    guard count > 1 else { return "results.jsonl" }
    let width = "\(count)".count
    let number = "\(index + 1)"
    return "results-\(String(repeating: "0", count: width - number.count))\(number)-of-\(count).jsonl"
  }

  /// `2/8`.
  public var description: String { "\(index + 1)/\(count)" }

  fileprivate static func of(_ array: JobArray, index: Int, count: Int) throws(Fault) -> Shard {
    guard count > 0, (0..<count).contains(index) else {
      throw Fault(description: "\(array.name): its index is \(index), and it has \(count) tasks")
    }
    return Shard(index: index, count: count, source: array.name)
  }
}

/// The variables by which a job system tells a task which one of an array it is.
private struct JobArray {
  var name: String
  var index: String
  /// The lowest index, as a variable and where there is none.
  var first: (variable: String?, value: Int) = (nil, 0)
  var step: String?
  var count: String?
  var last: String?
  /// What the index is where there is no array.
  var absent: String?

  /// In the order in which they are asked: an outer system's variables may reach into an inner one's jobs.
  static let known = [
    JobArray(
      name: "Slurm", index: "SLURM_ARRAY_TASK_ID", first: ("SLURM_ARRAY_TASK_MIN", 0),
      step: "SLURM_ARRAY_TASK_STEP", count: "SLURM_ARRAY_TASK_COUNT", last: "SLURM_ARRAY_TASK_MAX"),
    JobArray(name: "Kubernetes", index: "JOB_COMPLETION_INDEX", count: "JOB_COMPLETIONS"),
    JobArray(name: "AWS Batch", index: "AWS_BATCH_JOB_ARRAY_INDEX", count: "AWS_BATCH_JOB_ARRAY_SIZE"),
    JobArray(name: "Google Batch", index: "BATCH_TASK_INDEX", count: "BATCH_TASK_COUNT"),
    JobArray(name: "Cloud Run", index: "CLOUD_RUN_TASK_INDEX", count: "CLOUD_RUN_TASK_COUNT"),
    JobArray(
      name: "LSF", index: "LSB_JOBINDEX", first: (nil, 1), step: "LSB_JOBINDEX_STEP",
      last: "LSB_JOBINDEX_END",
      absent: "0"),
    JobArray(name: "PBS", index: "PBS_ARRAY_INDEX"),
    JobArray(name: "Torque", index: "PBS_ARRAYID"),
    JobArray(
      name: "SGE", index: "SGE_TASK_ID", first: ("SGE_TASK_FIRST", 1), step: "SGE_TASK_STEPSIZE",
      last: "SGE_TASK_LAST", absent: "undefined"),
    JobArray(name: "HyperQueue", index: "HQ_TASK_ID"),
  ]

  /// The shard; nil where this system gave none.
  func shard(_ environment: [String: String]) throws(Shard.Fault) -> Shard? {
    guard let text = environment[index], !text.isEmpty, text != absent else { return nil }
    guard let task = Int(text) else {
      throw Shard.Fault(description: "\(name): \(index) is '\(text)', no number")
    }
    let first = number(self.first.variable, environment) ?? self.first.value
    let step = max(1, number(self.step, environment) ?? 1)
    let last = number(self.last, environment)
    guard let count = number(self.count, environment) ?? last.map({ ($0 - first) / step + 1 }) else {
      throw Shard.Fault(
        description: "\(name) does not say how many tasks its array has"
          + (self.count.map { " (\($0) is not set)" } ?? "") + "; give --shard \(task - first + 1)/COUNT")
    }
    return try Shard.of(self, index: (task - first) / step, count: count)
  }

  private func number(_ variable: String?, _ environment: [String: String]) -> Int? {
    variable.flatMap { environment[$0] }.flatMap { Int($0) }
  }
}

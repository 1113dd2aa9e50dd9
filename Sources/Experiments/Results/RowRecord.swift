public import Foundation
public import PipelineKit

/// What became of one row: one line of `results.jsonl`.
public struct RowRecord: Sendable {
  /// Which row: the digest of everything it sets.
  public var key: ContentDigest
  /// What its results are called.
  public var name: String
  /// What varies, by name.
  public var values: [String: String]
  /// Its number among all rows, from 0.
  public var number: Int
  /// The table's line.
  public var line: Int?
  /// When it came to its end, in milliseconds since 1970.
  public var time = 0
  /// What its results are made of; nil where it could not be planned.
  public var fingerprint: ContentDigest?
  /// The files that were written, by output or stage.
  public var files: [String: File] = [:]
  /// Numbers out of reports, by the column's name; null where the report has none.
  public var measures: [String: JSONValue] = [:]
  /// How the stages went that were run for this row, by id.
  public var stages: [String: Stage] = [:]
  /// From the first stage of it to the last file.
  public var seconds = 0.0
  /// How often it was tried.
  public var attempt = 1
  /// Names and versions of what computed.
  public var versions: [String: String] = [:]
  /// Why it failed; nil when it did not.
  public var error: String?
  /// Whether it is no row of the experiment any more. Its files stay, and are used again should it become one.
  public var isDropped = false

  /// A file that was written.
  public struct File: Sendable, Hashable {
    /// Its path from the folder of the results, or an absolute one.
    public var path: String
    /// Its size.
    public var bytes: Int
    /// Its SHA-256.
    public var digest: String

    /// A file that was written.
    public init(path: String, bytes: Int, digest: String) {
      (self.path, self.bytes, self.digest) = (path, bytes, digest)
    }

    /// Where it is.
    public func url(in folder: URL) -> URL { URL(filePath: path, relativeTo: folder).absoluteURL }
  }

  /// How a stage went.
  public struct Stage: Sendable, Hashable {
    /// Wall time.
    public var seconds: Double
    /// Highest memory above what was held before, where it is known.
    public var peakBytes: Int?
    /// Whether its result came from the store.
    public var isCached: Bool
    /// Whether other rows used the same.
    public var isShared: Bool

    /// How a stage went.
    public init(seconds: Double, peakBytes: Int?, isCached: Bool, isShared: Bool) {
      (self.seconds, self.peakBytes, self.isCached, self.isShared) = (seconds, peakBytes, isCached, isShared)
    }
  }

  /// A row of which nothing has been made yet.
  public init(
    key: ContentDigest, name: String, number: Int, values: [String: String] = [:], line: Int? = nil
  ) {
    (self.key, self.name, self.number, self.values, self.line) = (key, name, number, values, line)
  }

  /// What a step's file goes by: `picture` for `outputs/picture`; stages that save keep their ids.
  package static func name(ofOutput id: String) -> String {
    id.hasPrefix("outputs/") ? String(id.dropFirst("outputs/".count)) : id
  }

  /// Whether its results are there.
  public var isDone: Bool { error == nil && !isDropped }

  /// Key, name, status and all else.
  public var json: JSONValue {
    .object(rest.merging(["key": .string(key.description), "time": JSONValue(time)]) { $1 })
  }

  /// All but what stands first in a line.
  var rest: [String: JSONValue] {
    var members: [String: JSONValue] = [
      "name": .string(name), "status": isDropped ? "dropped" : isDone ? "done" : "failed",
      "row": JSONValue(number),
      "values": .object(values.mapValues { .string($0) }),
      "fingerprint": fingerprint.map { .string($0.description) } ?? .null,
      "files": .object(
        files.mapValues {
          ["path": .string($0.path), "bytes": JSONValue($0.bytes), "sha256": .string($0.digest)]
        }),
      "measures": .object(measures),
      "stages": .object(
        stages.mapValues { stage in
          var members: [String: JSONValue] = [
            "seconds": .number(stage.seconds), "cached": .bool(stage.isCached),
            "shared": .bool(stage.isShared),
          ]
          if let peak = stage.peakBytes { members["peakBytes"] = JSONValue(peak) }
          return .object(members)
        }),
      "seconds": .number(seconds), "attempt": JSONValue(attempt),
      "versions": .object(versions.mapValues { .string($0) }),
    ]
    if let line { members["line"] = JSONValue(line) }
    if let error { members["error"] = .string(error) }
    return members
  }

  /// From one line; nil when it is none of this version.
  public init?(json: JSONValue) {
    guard let key = json["key"]?.string.flatMap({ ContentDigest($0) }), let name = json["name"]?.string,
      let status = json["status"]?.string
    else { return nil }
    self.init(
      key: key, name: name, number: json["row"]?.integer ?? 0,
      values: (json["values"]?.object ?? [:]).compactMapValues(\.string), line: json["line"]?.integer)
    time = json["time"]?.integer ?? 0
    isDropped = status == "dropped"
    fingerprint = json["fingerprint"]?.string.flatMap { ContentDigest($0) }
    files = (json["files"]?.object ?? [:]).compactMapValues { file in
      guard let path = file["path"]?.string, let bytes = file["bytes"]?.integer,
        let digest = file["sha256"]?.string
      else { return nil }
      return File(path: path, bytes: bytes, digest: digest)
    }
    measures = json["measures"]?.object ?? [:]
    stages = (json["stages"]?.object ?? [:]).compactMapValues { stage in
      stage["seconds"]?.number.map {
        Stage(
          seconds: $0, peakBytes: stage["peakBytes"]?.integer, isCached: stage["cached"]?.bool ?? false,
          isShared: stage["shared"]?.bool ?? false)
      }
    }
    seconds = json["seconds"]?.number ?? 0
    attempt = json["attempt"]?.integer ?? 1
    versions = (json["versions"]?.object ?? [:]).compactMapValues(\.string)
    error = status == "failed" ? json["error"]?.string ?? "it failed" : nil
  }
}

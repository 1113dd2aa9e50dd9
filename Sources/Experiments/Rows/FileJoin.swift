import Foundation
import Foundations

/// Files of several patterns that belong together.
struct FileJoin {
  /// Files that belong together, and what the braces of their patterns stand for.
  struct Row {
    var files: [Assignment] = []
    var captured: [String: String] = [:]
  }

  private(set) var rows = [Row()]

  init(_ patterns: [FilePattern], in folder: URL) {
    for pattern in patterns {
      let found = pattern.files(in: folder)
      // By what is captured by both, so that a thousand files do not look through a thousand others.
      let shared = rows.first.map { Set($0.captured.keys).intersection(pattern.captures) } ?? []
      let key = { (captured: [String: String]) in shared.sorted().map { captured[$0] ?? "" } }
      let groups = Dictionary(grouping: found) { key($0.captured) }
      rows = rows.flatMap { row in
        (groups[key(row.captured)] ?? []).map { file in
          Row(
            files: row.files + [Assignment(pattern.name, .string(file.path), isText: true)],
            captured: row.captured.merging(file.captured) { first, _ in first })
        }
      }
    }
  }
}

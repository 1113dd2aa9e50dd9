import Foundation

/// What Linux's control groups allow this process; elsewhere there are none.
enum ControlGroup {
  /// The least memory limit of the process's group and of those around it, in bytes; nil when there is none.
  ///
  /// - Parameters:
  ///   - membership: the text of `/proc/self/cgroup`, one `number:controllers:path` a line (cgroups(7)). A path may
  ///     be one of outside a container, whose own groups then lie at the root.
  ///   - mount: where the groups are mounted.
  static func memoryLimit(
    membership: String? = try? String(contentsOfFile: "/proc/self/cgroup", encoding: .utf8),
    mount: String = "/sys/fs/cgroup"
  ) -> Int? {
    guard let membership else { return nil }
    let limits = membership.split(separator: "\n").flatMap { line -> [Int] in
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { return [] }
      if parts[1].isEmpty { return self.limits("memory.max", path: parts[2], below: mount) }
      guard parts[1].split(separator: ",").contains("memory") else { return [] }
      return self.limits("memory.limit_in_bytes", path: parts[2], below: mount + "/memory")
    }
    return limits.min()
  }

  /// What the file of that name says in the group of that path and in all above it. `max` is no limit.
  private static func limits(_ name: String, path: Substring, below root: String) -> [Int] {
    var names = path.split(separator: "/").filter { $0 != ".." }
    var limits: [Int] = []
    while true {
      let file = ([root] + names.map(String.init) + [name]).joined(separator: "/")
      if let text = try? String(contentsOfFile: file, encoding: .utf8),
        let limit = Int(text.trimmingCharacters(in: .whitespacesAndNewlines))
      {
        limits.append(limit)
      }
      guard names.popLast() != nil else { return limits }
    }
  }
}

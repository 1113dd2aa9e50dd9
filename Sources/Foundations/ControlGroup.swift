import Foundation

/// What Linux's control groups allow this process; elsewhere there are none.
package struct ControlGroup {
  private let membership: String?
  private let mount: String

  /// The groups of this process.
  ///
  /// - Parameters:
  ///   - membership: the text of `/proc/self/cgroup`, one `number:controllers:path` a line (cgroups(7)). A path may
  ///     be one of outside a container, whose own groups then lie at the root.
  ///   - mount: where the groups are mounted.
  package init(
    membership: String? = try? String(contentsOfFile: "/proc/self/cgroup", encoding: .utf8),
    mount: String = "/sys/fs/cgroup"
  ) {
    (self.membership, self.mount) = (membership, mount)
  }

  /// The least memory limit of the process's group and of those around it, in bytes; nil when there is none.
  package var memoryLimit: Int? {
    texts("memory", unified: "memory.max", own: "memory.limit_in_bytes").compactMap { Int($0) }.min()
  }

  /// The least share of processors, 1.5 for one and a half; nil when there is no quota.
  package var processors: Double? {
    let unified = texts("cpu", unified: "cpu.max", own: nil).compactMap { text -> Double? in
      let parts = text.split(separator: " ").map { Double($0) }
      guard parts.count == 2, let quota = parts[0], let period = parts[1], period > 0 else { return nil }
      return quota / period
    }
    let quotas = texts("cpu", unified: nil, own: "cpu.cfs_quota_us").map { Double($0) ?? -1 }
    let periods = texts("cpu", unified: nil, own: "cpu.cfs_period_us").map { Double($0) ?? 0 }
    let own = zip(quotas, periods).compactMap { quota, period in
      quota > 0 && period > 0 ? quota / period : nil
    }
    return (unified + own).min()
  }

  /// What the files of a controller say in every group that this process is in, the innermost first: of the unified
  /// hierarchy by one name, of the controller's own by another.
  private func texts(_ controller: Substring, unified: String?, own: String?) -> [String] {
    (membership ?? "").split(separator: "\n").flatMap { line -> [String] in
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { return [] }
      if parts[1].isEmpty { return unified.map { texts($0, path: parts[2], below: mount) } ?? [] }
      guard let own, parts[1].split(separator: ",").contains(controller) else { return [] }
      return texts(own, path: parts[2], below: "\(mount)/\(parts[1])")
        + (parts[1] == controller ? [] : texts(own, path: parts[2], below: "\(mount)/\(controller)"))
    }
  }

  /// The file of that name in the group of that path and in all above it.
  private func texts(_ name: String, path: Substring, below root: String) -> [String] {
    var names = path.split(separator: "/").filter { $0 != ".." }
    var texts: [String] = []
    while true {
      let file = ([root] + names.map(String.init) + [name]).joined(separator: "/")
      if let text = try? String(contentsOfFile: file, encoding: .utf8) {
        texts.append(text.trimmingCharacters(in: .whitespacesAndNewlines))
      }
      guard names.popLast() != nil else { return texts }
    }
  }
}

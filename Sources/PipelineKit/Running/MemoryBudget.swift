import Foundation
import Foundations

/// How much memory a run may take.
public enum MemoryBudget {
  /// 80 % of what the machine has, or of what its control groups allow.
  public static var standard: Int {
    let physical = Int(clamping: ProcessInfo.processInfo.physicalMemory)
    return min(physical, ControlGroup().memoryLimit ?? physical) / 5 * 4
  }

  /// A number of bytes in words: `1.5 GB`.
  public static func phrase(_ bytes: Int) -> String {
    func fixed(_ unit: Int) -> String { String(format: "%.1f", Double(bytes) / Double(unit)) }
    return switch bytes {
    case ..<1024: "\(bytes) B"
    case ..<(1 << 20): fixed(1 << 10) + " KB"
    case ..<(1 << 30): fixed(1 << 20) + " MB"
    default: fixed(1 << 30) + " GB"
    }
  }
}

/// Memory that is held in case what is in it is wanted again: compiled networks. It counts in a run's budget like
/// everything else, and gives way to what runs. A program offers it to a run as a service, `any KeptMemory`.
public protocol KeptMemory: Sendable {
  /// Lets go of what is not in use, until the rest takes no more than so many bytes.
  ///
  /// - Parameter names: what steps that run use, as their ``Estimate/reuses`` name it: it stays, and does not count,
  ///   for their estimates count it.
  func shrink(to bytes: Int, keeping names: Set<String>) async
}

/// The process's own memory, where the system tells.
enum ProcessMemory {
  /// The highest resident size since the last `resetPeak()`, in bytes.
  static var peak: Int? { status("VmHWM:") }
  /// The resident size now, in bytes.
  static var resident: Int? { status("VmRSS:") }

  /// Lets `peak` start again from the present size. Linux only; elsewhere nothing happens, and `peak` is nil.
  static func resetPeak() {
    // proc(5): writing 5 to clear_refs resets the peak resident set size.
    try? Data("5".utf8).write(to: URL(filePath: "/proc/self/clear_refs"))
  }

  private static func status(_ field: String) -> Int? {
    guard let text = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
      let line = text.split(separator: "\n").first(where: { $0.hasPrefix(field) }),
      let kilobytes = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap({
        Int($0)
      })
    else { return nil }
    return kilobytes * 1024
  }
}

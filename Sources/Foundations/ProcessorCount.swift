import Foundation

/// How many processors this process may use: the machine's own count is wrong in a container and in a job of a cluster.
package struct ProcessorCount: Sendable, Hashable {
  /// How many, at least 1.
  package let count: Int
  /// What limits them, in the user's words; nil when all that the system offers may be used.
  package let limit: String?

  /// That of this process.
  package static let current = ProcessorCount(environment: ProcessInfo.processInfo.environment)

  /// The quota of the control group, else what Slurm gave the task, else `OMP_NUM_THREADS`; never more than the system
  /// lets the process use.
  ///
  /// - Parameters:
  ///   - environment: the environment variables that count.
  ///   - quota: the control groups' share of processors.
  ///   - available: how many processors the process may be scheduled on.
  package init(
    environment: [String: String], quota: Double? = ControlGroup().processors,
    available: Int = ProcessInfo.processInfo.activeProcessorCount
  ) {
    func number(_ name: String) -> (Int, String)? {
      // `4,2` are the threads of nested regions: those of the outer one count.
      let text = environment[name]?.split(separator: ",").first
      return text.flatMap { Int($0.trimmingCharacters(in: .whitespaces)) }.flatMap {
        $0 > 0 ? ($0, name) : nil
      }
    }
    let found =
      quota.map { (max(1, Int($0.rounded(.up))), "the control group's quota") } ?? number(
        "SLURM_CPUS_PER_TASK")
      ?? number("OMP_NUM_THREADS")
    if let (count, name) = found, count < available {
      (self.count, limit) = (count, name)
    } else {
      (count, limit) = (max(1, available), nil)
    }
  }
}

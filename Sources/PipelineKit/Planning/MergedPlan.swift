import Foundation

/// Several plans as one, in which steps that would make the same are one step: they share what they have in common, run
/// side by side, and one memory budget holds for all.
///
/// Steps are the same when their fingerprints are; those that write files are never shared, and write what they would
/// have written alone.
public struct MergedPlan: Sendable {
  /// All of it.
  public let plan: Plan
  /// The steps of each plan by the ids they have alone, as they are called in the merged plan; in the plans' order.
  public let steps: [[String: String]]

  /// - Parameters:
  ///   - plans: made by one planner, with the same permissions.
  ///   - names: what stands before the ids of each plan's own steps; all different.
  public init?(_ plans: [Plan], named names: [String]) {
    guard let first = plans.first, plans.count == names.count else { return nil }
    var merged: [Plan.Step] = []
    var places: [ContentDigest: Int] = [:]
    var calls: [[String: String]] = []
    var targets: Set<String> = []
    var returned: [String: Plan.Source] = [:]
    var outputFolders: [URL: Bool] = [:]
    for (plan, name) in zip(plans, names) {
      var ids: [String: String] = [:]
      for step in plan.steps {
        if let fingerprint = step.fingerprint, !step.descriptor.isSink, let place = places[fingerprint] {
          ids[step.id] = merged[place].id
          merged[place] = merged[place].wanting(step.wantedPorts)
          continue
        }
        let renamed = step.renamed("\(name)/\(step.id)") { ids[$0] ?? $0 }
        ids[step.id] = renamed.id
        if let fingerprint = step.fingerprint, !step.descriptor.isSink { places[fingerprint] = merged.count }
        merged.append(renamed)
      }
      targets.formUnion(plan.targets.compactMap { ids[$0] })
      for (output, source) in plan.returned {
        returned["\(name)/\(output)"] = Plan.Source(step: ids[source.step] ?? source.step, port: source.port)
      }
      outputFolders.merge(plan.outputFolders) { $0 || $1 }
      calls.append(ids)
    }
    var seen: Set<String> = []
    self.plan = Plan(
      steps: merged, targets: targets, resolved: .null, documentKey: nil,
      usesStandardOutput: plans.contains(where: \.usesStandardOutput),
      remarks: plans.flatMap(\.remarks).filter { seen.insert($0).inserted },
      withheld: plans.flatMap(\.withheld), writers: nil, returned: returned, outputFolders: outputFolders,
      permissions: first.permissions, types: first.types)
    steps = calls
  }
}

extension Plan.Step {
  /// The same step under another id, linked to steps under theirs.
  fileprivate func renamed(_ id: String, _ call: (String) -> String) -> Plan.Step {
    Plan.Step(
      id: id, definition: definition, stage: stage,
      links: links.mapValues { $0.map { Plan.Source(step: call($0.step), port: $0.port) } },
      fingerprint: fingerprint, components: components, names: names, makeProvenance: makeProvenance,
      source: source,
      pointer: pointer, wantedPorts: wantedPorts)
  }

  /// The same step, more of whose outputs are wanted.
  fileprivate func wanting(_ ports: Set<String>) -> Plan.Step {
    guard !ports.isSubset(of: wantedPorts) else { return self }
    return Plan.Step(
      id: id, definition: definition, stage: stage, links: links, fingerprint: fingerprint,
      components: components, names: names, makeProvenance: makeProvenance, source: source, pointer: pointer,
      wantedPorts: wantedPorts.union(ports))
  }
}

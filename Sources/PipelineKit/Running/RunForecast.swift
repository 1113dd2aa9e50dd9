/// What a run would do, without doing it.
public struct RunForecast: Sendable {
  /// What becomes of a step.
  public enum Fate: Sendable, Hashable {
    case cached
    case runs(RunReason)
    /// Nothing that runs needs it.
    case unneeded
  }

  /// One step's forecast.
  public struct Entry: Sendable {
    /// The step's id.
    public let step: String
    /// The stage's name.
    public let stage: String
    /// What becomes of it.
    public let fate: Fate
    /// What keeps it from running whatever its inputs are; nil when nothing does, or it need not run.
    public let obstacle: String?
    /// Shapes of its outputs, as far as they are known.
    public let outputs: [String: ValueShape]
    /// Memory beyond inputs and outputs at the peak of its run.
    public let workingBytes: Int
    /// What is no fault, and yet better known beforehand.
    public let remarks: [String]
    /// How long it took the last time it ran.
    public let lastSeconds: Double?
    /// How much memory it took then.
    public let lastPeakBytes: Int?
  }

  /// The steps in the order they would start.
  public let entries: [Entry]
  /// The most memory that values and running steps would hold, one step after the other.
  public let peakBytes: Int

  /// Looks into the store, but verifies nothing.
  ///
  /// Throws ``InvalidDocument`` when shapes alone show that a step will fail.
  public init(_ plan: Plan, store: Store?) throws {
    let past = PastRun(of: plan.documentKey, in: store)
    let fates = try Self.fates(plan, store, past)
    let shapes = ShapeForecast(plan.steps) { fates[$0.id]?.isRun == true }
    guard shapes.faults.isEmpty else { throw InvalidDocument(shapes.faults) }
    var entries: [Entry] = []
    for step in plan.steps {
      let estimate = shapes.estimates[step.id] ?? Estimate()
      let record = past.records[step.id]
      entries.append(
        Entry(
          step: step.id, stage: step.descriptor.name, fate: fates[step.id]!,
          obstacle: fates[step.id]!.isRun ? plan.obstacle(to: step).map { "\($0)" } : nil,
          outputs: estimate.outputs, workingBytes: estimate.workingBytes,
          remarks: fates[step.id]!.isRun ? estimate.remarks : [], lastSeconds: record?.seconds,
          lastPeakBytes: record?.peakBytes)
      )
    }
    self.entries = entries
    peakBytes = Self.peak(plan, entries)
  }

  private static func fates(_ plan: Plan, _ store: Store?, _ past: PastRun) throws -> [String: Fate] {
    let explanation = Explanation(plan, past: past)
    var needed = plan.targets
    var fates: [String: Fate] = [:]
    for step in plan.steps.reversed() {
      guard needed.contains(step.id) else {
        fates[step.id] = .unneeded
        continue
      }
      if let store, let fingerprint = step.fingerprint, step.stage.effort != .light,
        try store.contains(fingerprint)
      {
        fates[step.id] = .cached
      } else {
        fates[step.id] = .runs(explanation.reason(for: step.id))
        for source in step.links.values.joined() { needed.insert(source.step) }
      }
    }
    return fates
  }

  private static func peak(_ plan: Plan, _ entries: [Entry]) -> Int {
    var uses: [String: Int] = [:]
    for (step, entry) in zip(plan.steps, entries) where entry.fate.isRun {
      for source in Set(step.links.values.joined().map(\.step)) { uses[source, default: 0] += 1 }
    }
    var held: [String: Int] = [:]
    var total = 0
    var peak = 0
    for (step, entry) in zip(plan.steps, entries) where entry.fate != .unneeded {
      let bytes = entry.outputs.values.reduce(0) { $0 + $1.bytes }
      peak = max(peak, total + bytes + (entry.fate.isRun ? entry.workingBytes : 0))
      guard uses[step.id, default: 0] > 0 || entry.fate.isRun else { continue }
      if uses[step.id, default: 0] > 0 {
        held[step.id] = bytes
        total += bytes
      }
      guard entry.fate.isRun else { continue }
      for source in Set(step.links.values.joined().map(\.step)) {
        uses[source]! -= 1
        if uses[source] == 0 { total -= held.removeValue(forKey: source) ?? 0 }
      }
    }
    return peak
  }
}

extension RunForecast.Fate {
  fileprivate var isRun: Bool { if case .runs = self { true } else { false } }

  /// In words.
  public var phrase: String {
    switch self {
    case .cached: "kept from an earlier run"
    case .unneeded: "not needed"
    case .runs(.light): "runs every time, being cheap"
    case .runs(.notPure): "runs, since its result is not a function of the document alone"
    case .runs(.firstRun): "runs for the first time"
    case .runs(.unfinished): "runs, since the last run did not come to it"
    case .runs(.notInStore): "runs, though nothing changed: its result is kept no longer"
    case .runs(.changed(let changes)):
      "runs because of " + changes.map(\.phrase).joined(separator: "; ")
    }
  }
}

extension RunReason.Change {
  /// `/stages/paint/set/steps: 50 → 30`, or `the new content of 'cup.jpg'`.
  public var phrase: String {
    if let newName {
      // A component tells a file by its content, which says nothing to people.
      return oldName.map { $0 != newName } == true
        ? "\(pointer): '\(oldName ?? "")' → '\(newName)'" : "the new content of '\(newName)'"
    }
    let text = { (value: JSONValue?) -> String in
      value.map { String(decoding: JSONWriter.canonical($0), as: UTF8.self) } ?? "nothing"
    }
    return "\(pointer): \(text(old)) → \(text(new))"
  }
}

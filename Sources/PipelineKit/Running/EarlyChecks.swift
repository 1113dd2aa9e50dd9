/// The steps that look at some of their inputs before the others are made (``Stage/check(_:_:)``), and which steps have
/// to wait for that: nothing that takes long starts before a check that can be made without it.
struct EarlyChecks {
  private struct Check {
    let step: Plan.Step
    let sources: Set<String>
    /// Of the longest way from the plan's beginning to one of its sources.
    let length: Int
  }

  /// Those that need the least come first.
  private let checks: [Check]
  private let places: [String: Int]
  /// For each step that a check needs, the first one that does.
  private var firstUse: [String: Int] = [:]
  private var isDone: [Bool]
  /// How many of its sources each check still waits for, and which checks wait for a step.
  private var missing: [Int]
  private var waiting: [String: [Int]] = [:]
  /// Checks whose inputs are there.
  private var ready: [Int] = []
  /// No check before this one is unfinished.
  private var front = 0

  /// - Parameters:
  ///   - steps: all that run or are read, each after those it needs.
  ///   - isReused: those that are read, for which nothing else is needed.
  init(_ steps: [Plan.Step], isReused: Set<String>) {
    var lengths: [String: Int] = [:]
    var sources: [String: Set<String>] = [:]
    var checks: [Check] = []
    for step in steps where !isReused.contains(step.id) {
      sources[step.id] = Set(step.links.values.joined().map(\.step))
      lengths[step.id] = 1 + (sources[step.id]!.map { lengths[$0] ?? 0 }.max() ?? 0)
      guard let ports = step.stage.checkedInputs else { continue }
      let checked = Set(ports.flatMap { step.links[$0] ?? [] }.map(\.step))
      // An input that is not linked decides nothing.
      guard ports.isEmpty || !checked.isEmpty else { continue }
      checks.append(
        Check(step: step, sources: checked, length: checked.map { lengths[$0] ?? 0 }.max() ?? 0))
    }
    checks = checks.enumerated().sorted { ($0.element.length, $0.offset) < ($1.element.length, $1.offset) }
      .map(\.element)
    for (place, check) in checks.enumerated() {
      var needed = Array(check.sources)
      while let step = needed.popLast() {
        guard firstUse[step] == nil else { continue }
        firstUse[step] = place
        needed += sources[step] ?? []
      }
    }
    self.checks = checks
    places = Dictionary(uniqueKeysWithValues: checks.enumerated().map { ($1.step.id, $0) })
    isDone = checks.map { _ in false }
    missing = checks.map(\.sources.count)
    ready = checks.indices.filter { checks[$0].sources.isEmpty }
    for (place, check) in checks.enumerated() {
      for source in check.sources { waiting[source, default: []].append(place) }
    }
  }

  /// The steps in the order in which they are to start where they may: first those that checks need.
  func ordered(_ steps: [Plan.Step]) -> [Plan.Step] {
    guard !checks.isEmpty else { return steps }
    return steps.enumerated().sorted { (turn($0.element.id), $0.offset) < (turn($1.element.id), $1.offset) }
      .map(\.element)
  }

  /// Whether every check is done that can be made without this step.
  func permit(_ step: String) -> Bool { turn(step) <= front }

  /// Whether the step's own check, if it has one, is done.
  func isDone(_ step: String) -> Bool { places[step].map { isDone[$0] } ?? true }

  /// Notes that a step's values are there.
  mutating func note(_ step: String) {
    for place in waiting.removeValue(forKey: step) ?? [] {
      missing[place] -= 1
      if missing[place] == 0 { ready.append(place) }
    }
  }

  /// The step of the next check whose inputs are there; each is given out once.
  mutating func next() -> Plan.Step? {
    while let place = ready.popLast() {
      if !isDone[place] { return checks[place].step }
    }
    return nil
  }

  /// Notes that a step's check is made, or never will be.
  mutating func finish(_ step: String) {
    guard let place = places[step] else { return }
    isDone[place] = true
    while front < checks.count, isDone[front] { front += 1 }
  }

  private func turn(_ step: String) -> Int { firstUse[step] ?? checks.count }
}

/// Where a run stands: what is ready, what runs, what is held in memory. The scheduler's loop alone changes it.
struct RunState {
  private let order: [Plan.Step]
  private let rank: [String: Int]
  /// The steps whose outputs the run returns.
  private let returning: Set<String>
  private let forecast: ShapeForecast
  private let budget: Int
  private let isReused: Set<String>
  private var checks: EarlyChecks
  /// Steps that have all their inputs and wait for their own check.
  private var unchecked: Set<String> = []

  /// How many of the steps each step waits for are unfinished.
  private var waiting: [String: Int] = [:]
  private var dependents: [String: [String]] = [:]
  /// How many steps still want each step's values.
  private var uses: [String: Int] = [:]
  /// How many stages compute again whenever a step's values are read: a value may be lazy.
  private var laziness: [String: Int] = [:]
  private var values: [String: StageOutputs] = [:]
  private var held: [String: Int] = [:]
  /// Memory of values held and of steps that run.
  private var occupied = 0
  /// Steps that mostly wait, for another program or a disk.
  private var ready = ReadyQueue()
  /// Steps that are done at once: cheap ones, and those whose results are read from the store.
  private var readyAtOnce = ReadyQueue()
  private var readyToCompute = ReadyQueue()
  private var running: [String: Need] = [:]
  /// The steps that keep all cores busy.
  private var computing: Set<String> = []
  /// What each step that is ready takes, once it was looked at: estimating may read a file.
  private var estimates: [String: Need] = [:]

  private(set) var results: [String: StepResult] = [:]
  private(set) var failures: [FailedStep] = []
  private var failed: Set<String> = []
  private(set) var blockedBy: [String: String] = [:]
  /// The values of the steps whose outputs the run returns.
  private(set) var returned: [String: StageOutputs] = [:]
  let runningCount: Int
  let reusedCount: Int

  /// What a step takes while it runs.
  private struct Need {
    var bytes = 0
    /// Names of kept memory among it.
    var reuses: Set<String> = []
  }

  /// What memory that is kept for later may take beside all else.
  var room: Int { max(0, budget - occupied) }
  /// Names of kept memory that steps are using.
  var reused: Set<String> { running.values.reduce(into: []) { $0.formUnion($1.reuses) } }

  var blocked: [String] { Array(blockedBy.keys) }

  init(_ plan: Plan, reuse: Reuse, forecast: ShapeForecast, budget: Int) {
    self.forecast = forecast
    self.budget = budget
    returning = Set(plan.returned.values.map(\.step))
    var used: [Plan.Step] = []
    var reused: Set<String> = []
    for step in plan.steps {
      switch reuse.decisions[step.id] {
      case .reuse:
        reused.insert(step.id)
        used.append(step)
      case .run: used.append(step)
      case .skip, nil: break
      }
    }
    isReused = reused
    reusedCount = reused.count
    runningCount = used.count - reused.count
    checks = EarlyChecks(used, isReused: reused)
    order = checks.ordered(used)
    rank = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1.id, $0) })
    for step in used {
      let sources = reused.contains(step.id) ? [] : Set(step.links.values.joined().map(\.step))
      waiting[step.id] = sources.count
      for source in sources {
        dependents[source, default: []].append(step.id)
        uses[source, default: 0] += 1
      }
    }
    for step in used where waiting[step.id] == 0 { makeReady(step.id) }
  }

  /// The next step whose check may start now, with the inputs that are there.
  mutating func nextCheck() -> (Plan.Step, StageInputs)? {
    checks.next().map { ($0, inputs(of: $0)) }
  }

  /// Notes that a step's check found nothing wrong.
  mutating func pass(_ step: Plan.Step) {
    checks.finish(step.id)
    if unchecked.remove(step.id) != nil { makeReady(step.id) }
  }

  /// A step to start.
  struct Start {
    var step: Plan.Step
    var inputs: StageInputs
    /// The memory it takes together with the values that are held, where that is more than the budget. It starts
    /// nevertheless, since nothing that runs will make room for it.
    var excess: Int?
    /// Whether its values are computed now rather than by each step that reads them.
    var settles: Bool
  }

  /// The next step that may start now; nil when all ready steps must wait.
  mutating func next() -> Start? {
    guard running.count < Self.width else { return nil }
    if let next = start(from: \.ready) { return next }
    // What is cheap to make is not cheap to hold, so it does not run far ahead of those who use it.
    if readyToCompute.count < Self.width, let next = start(from: \.readyAtOnce) { return next }
    return computing.isEmpty ? start(from: \.readyToCompute) : nil
  }

  /// More steps side by side than this only crowd each other.
  private static let width = 16

  private mutating func start(from queue: WritableKeyPath<RunState, ReadyQueue>) -> Start? {
    guard let first = self[keyPath: queue].first else { return nil }
    let step = order[first]
    guard isReused.contains(step.id) || step.stage.effort == .light || checks.permit(step.id) else {
      return nil
    }
    let inputs = inputs(of: step)
    let need = estimates[step.id] ?? estimate(step, inputs)
    estimates[step.id] = need
    let exceeds = occupied + need.bytes > budget
    if !running.isEmpty, exceeds { return nil }
    self[keyPath: queue].removeFirst()
    estimates[step.id] = nil
    running[step.id] = need
    occupied += need.bytes
    if computes(step) { computing.insert(step.id) }
    return Start(
      step: step, inputs: inputs, excess: exceeds && need.bytes > 0 ? occupied : nil, settles: settles(step))
  }

  /// Whether so many stages would compute again for every reader of the step's values that these are computed once: in a
  /// chain of stages whose every picture is saved the work would grow with the square of its length.
  private mutating func settles(_ step: Plan.Step) -> Bool {
    guard !isReused.contains(step.id) else { return false }
    let depth = step.links.values.joined().reduce(1) { $0 + laziness[$1.step, default: 0] }
    let settles = depth >= Self.lazinessLimit && uses[step.id, default: 0] > 1
    // A thousand is as many as no number at all, and cannot overflow.
    laziness[step.id] = settles ? 0 : min(depth, 1000)
    return settles
  }

  private static let lazinessLimit = 8

  private func computes(_ step: Plan.Step) -> Bool {
    step.stage.effort == .compute && !isReused.contains(step.id)
  }

  /// Lets another step compute while this one is kept and delivered.
  mutating func stopComputing(_ step: Plan.Step) { computing.remove(step.id) }

  mutating func finish(_ step: Plan.Step, _ outcome: StepWorker.Outcome) {
    stop(step)
    results[step.id] = outcome.result
    let outputs = StageOutputs(outcome.outputs.values.filter { step.wantedPorts.contains($0.key) })
    if uses[step.id, default: 0] > 0 {
      values[step.id] = outputs
      let bytes = outputs.values.values.reduce(0) { $0 + $1.shape.bytes }
      held[step.id] = bytes
      occupied += bytes
    }
    checks.note(step.id)
    if returning.contains(step.id) { returned[step.id] = outputs }
    for dependent in dependents[step.id] ?? [] {
      waiting[dependent]! -= 1
      if waiting[dependent] == 0, blockedBy[dependent] == nil { makeReady(dependent) }
    }
    release(inputsOf: step)
  }

  /// Notes the failure and everything that cannot run because of it.
  mutating func fail(_ step: Plan.Step, _ cause: any Error) -> FailedStep {
    stop(step)
    checks.finish(step.id)
    let inputs = inputs(of: step).values.filter { !$0.value.isEmpty }
      .mapValues { $0.map(\.shape.summary).joined(separator: " and ") }
    let failure = FailedStep(
      step: step.id, stage: step.descriptor.name, inputs: inputs, cause: cause, location: step.location)
    failures.append(failure)
    failed.insert(step.id)
    var pending = dependents[step.id] ?? []
    while let id = pending.popLast() {
      guard blockedBy[id] == nil, !failed.contains(id) else { continue }
      blockedBy[id] = step.id
      checks.finish(id)
      pending += dependents[id] ?? []
      release(inputsOf: order[rank[id]!])
    }
    // What a check that was under way finds wrong is reported rather than that the step is blocked.
    if blockedBy.removeValue(forKey: step.id) == nil { release(inputsOf: step) }
    return failure
  }

  private func inputs(of step: Plan.Step) -> StageInputs {
    if isReused.contains(step.id) { return StageInputs([:]) }
    return StageInputs(
      step.links.mapValues { sources in sources.compactMap { values[$0.step]?.values[$0.port] } })
  }

  private func estimate(_ step: Plan.Step, _ inputs: StageInputs) -> Need {
    guard !isReused.contains(step.id) else { return Need() }
    // A stage that cannot estimate will say why when it runs.
    let shapes = StageShapes(inputs.values.mapValues { $0.map(\.shape) })
    guard let estimate = try? forecast.estimate(step, shapes) else { return Need() }
    let outputs = step.stage.effort == .light ? 0 : estimate.outputs.values.reduce(0) { $0 + $1.bytes }
    return Need(bytes: estimate.workingBytes + outputs, reuses: estimate.reuses)
  }

  private mutating func stop(_ step: Plan.Step) {
    occupied -= running.removeValue(forKey: step.id)?.bytes ?? 0
    computing.remove(step.id)
  }

  private mutating func release(inputsOf step: Plan.Step) {
    guard !isReused.contains(step.id) else { return }
    for source in Set(step.links.values.joined().map(\.step)) {
      uses[source]! -= 1
      if uses[source] == 0 {
        values[source] = nil
        occupied -= held.removeValue(forKey: source) ?? 0
      }
    }
  }

  private mutating func makeReady(_ id: String) {
    guard !failed.contains(id) else { return }
    guard checks.isDone(id) else {
      unchecked.insert(id)
      return
    }
    let rank = rank[id]!
    if isReused.contains(id) { return readyAtOnce.insert(rank) }
    switch order[rank].stage.effort {
    case .light: readyAtOnce.insert(rank)
    case .waiting: ready.insert(rank)
    case .compute: readyToCompute.insert(rank)
    }
  }
}

/// Numbers, the least first.
private struct ReadyQueue {
  /// From last to first, so that the first is cheap to take.
  private var numbers: [Int] = []

  var first: Int? { numbers.last }
  var count: Int { numbers.count }

  mutating func removeFirst() { numbers.removeLast() }

  mutating func insert(_ number: Int) {
    var low = 0
    var high = numbers.count
    while low < high {
      let middle = (low + high) / 2
      if numbers[middle] > number { low = middle + 1 } else { high = middle }
    }
    numbers.insert(number, at: low)
  }
}

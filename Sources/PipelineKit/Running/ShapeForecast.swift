/// What is known of each step's run before it, and what shapes alone show to fail.
struct ShapeForecast {
  /// By step; nothing is known of a step that could not say.
  private(set) var estimates: [String: Estimate] = [:]
  /// What each was estimated from.
  private var inputs: [String: StageShapes] = [:]
  private(set) var faults: [Diagnostic] = []

  /// - Parameters:
  ///   - steps: each after those it needs.
  ///   - runs: whether a step will run; one that will not has no faults.
  init(_ steps: some Sequence<Plan.Step>, runs: (Plan.Step) -> Bool) {
    for step in steps {
      let shapes = StageShapes(step.links.mapValues { $0.map { estimates[$0.step]?.outputs[$0.port] } })
      do {
        estimates[step.id] = try step.stage.estimate(shapes)
        inputs[step.id] = shapes
      } catch {
        // A file that cannot be read is the run's fault to find; here its shape is only unknown.
        if let conflict = error as? ParameterConflict, runs(step) { faults.append(step.diagnostic(conflict)) }
      }
    }
  }

  /// The estimate of a step whose inputs have turned out to be of these shapes: the one that was made before, if they
  /// are what was expected then, for making one can take as long as building a network.
  func estimate(_ step: Plan.Step, _ shapes: StageShapes) throws -> Estimate {
    if let known = estimates[step.id], inputs[step.id]?.shapes == shapes.shapes { return known }
    return try step.stage.estimate(shapes)
  }

  /// What is known before a run. Refuses one in which a result could be made but not leave the pipeline; looks at
  /// nothing when no sink runs.
  static func checked(_ plan: Plan, _ reuse: Reuse) throws(InvalidDocument) -> ShapeForecast {
    let runs = { (step: Plan.Step) in if case .run? = reuse.decisions[step.id] { true } else { false } }
    var needed = Set(plan.steps.filter { $0.descriptor.isSink && runs($0) }.map(\.id))
    guard !needed.isEmpty else { return ShapeForecast([], runs: runs) }
    for step in plan.steps.reversed() where needed.contains(step.id) {
      needed.formUnion(step.links.values.joined().map(\.step))
    }
    let forecast = ShapeForecast(plan.steps.filter { needed.contains($0.id) }, runs: runs)
    guard forecast.faults.isEmpty else { throw InvalidDocument(forecast.faults) }
    return forecast
  }
}

extension Plan.Step {
  fileprivate func diagnostic(_ conflict: ParameterConflict) -> Diagnostic {
    let setting = pointer / "set" / conflict.parameter
    let place = source?.value(at: setting) == nil ? pointer : setting
    return source?.diagnostic(conflict.message, at: place) ?? Diagnostic(conflict.message, at: place)
  }
}

import PipelineKit

/// What a name of an experiment sets in the pipeline: `guidance`, `scene`, `paint.steps`, `swap:paint`; where a param and
/// an input share a name, `param:scene` or `input:scene`; `preset`, where the pipeline has any.
enum Target: Hashable, Sendable {
  case param(String)
  case input(String)
  case setting(stage: String, key: String)
  case swap(String)
  case preset

  /// - Throws: ``Unknown`` for a name that the pipeline does not have.
  init(_ name: String, of pipeline: PipelineDocument) throws(Unknown) {
    let names = Array(pipeline.params.keys) + Array(pipeline.inputs.keys)
    if let colon = name.firstIndex(of: ":") {
      let rest = String(name[name.index(after: colon)...])
      switch name[..<colon] {
      case "param" where pipeline.params[rest] != nil: self = .param(rest)
      case "input" where pipeline.inputs[rest] != nil: self = .input(rest)
      // Whether the pipeline, or a document within it, has such a stage, planning tells.
      case "swap" where !rest.isEmpty: self = .swap(rest)
      default:
        throw Unknown(
          message: "'\(name)' names nothing", expected: "param:NAME, input:NAME or swap:STAGE",
          suggestion: nearestName(to: rest, among: names))
      }
      return
    }
    switch (pipeline.params[name] != nil, pipeline.inputs[name] != nil) {
    case (true, true):
      throw Unknown(
        message: "the pipeline has a param and an input '\(name)'", expected: "param:\(name) or input:\(name)"
      )
    case (true, false): self = .param(name)
    case (false, true): self = .input(name)
    case (false, false) where name == "preset" && !pipeline.presets.isEmpty: self = .preset
    case (false, false):
      guard let link = Link(name) else {
        throw Unknown(
          message: "the pipeline has no param or input '\(name)'",
          expected: "one of \(names.sorted().joined(separator: ", ")), stage.key or swap:stage",
          suggestion: nearestName(to: name, among: names))
      }
      self = .setting(stage: link.stage, key: link.port)
    }
  }

  /// What is wrong with the name of an output; nil when the pipeline has it. The suggestion keeps the members behind it.
  static func unknown(output name: String, of pipeline: PipelineDocument, then path: [String] = [])
    -> Unknown?
  {
    guard pipeline.outputs[name] == nil else { return nil }
    let names = pipeline.outputs.keys.sorted()
    return Unknown(
      message: "the pipeline has no output '\(name)'",
      expected: names.isEmpty ? nil : "one of " + names.joined(separator: ", "),
      suggestion: nearestName(to: name, among: names).map { ([$0] + path).joined(separator: ".") })
  }

  /// A name that the pipeline does not have.
  struct Unknown: Error {
    var message: String
    var expected: String?
    var suggestion: String?

    /// For people.
    ///
    /// - Parameter option: the option that named it, for what the caller asks.
    func diagnostic(at pointer: JSONPointer, option: String? = nil) -> Diagnostic {
      Diagnostic(
        (option.map { "\($0): " } ?? "") + message, at: pointer, expected: expected, suggestion: suggestion)
    }
  }

  /// Whether values are paths of files.
  func isPath(in pipeline: PipelineDocument) -> Bool {
    switch self {
    case .param(let name): pipeline.params[name]?.kind.isPath == true
    case .input, .swap: true
    case .setting, .preset: false
    }
  }

  /// Whether values are always paths of files: what a stage is swapped for may also be another stage's name.
  func isFile(in pipeline: PipelineDocument) -> Bool {
    if case .swap = self { false } else { isPath(in: pipeline) }
  }

  /// Whether it is an input, to which a value is always a file.
  var isInput: Bool { if case .input = self { true } else { false } }

  /// Sets a value in a request.
  func set(_ assignment: Assignment, in request: inout PlanRequest) {
    let given: PlanRequest.GivenValue = assignment.isText ? .text(assignment.text) : .json(assignment.value)
    switch self {
    case .param(let name): request.params[name] = given
    case .input(let name): request.inputs[name] = assignment.text
    case .setting(let stage, let key): request.settings[stage, default: [:]][key] = given
    case .swap(let stage): request.swaps[stage] = assignment.text
    case .preset: request.preset = assignment.text
    }
  }
}

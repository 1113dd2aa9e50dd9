/// A plan drawn as a graph.
public struct PlanGraph: Sendable {
  /// One box.
  struct Box: Sendable {
    var id: String
    var stage: String
    var isSink: Bool
  }
  /// One arrow for all links between two boxes.
  struct Arrow: Sendable, Hashable {
    var from: String
    var to: String
    var label: String
  }

  let boxes: [Box]
  let arrows: [Arrow]
  /// What becomes of stages, by id, where that is shown.
  public var states: [String: State] = [:]

  /// What becomes of a stage; the raw value is for people.
  public enum State: String, Sendable, CaseIterable {
    case kept = "kept"
    case runs = "runs"
    case changed = "runs, as something changed"
    case unfinished = "failed, or was not reached"
    case unneeded = "not needed"
  }

  /// A box before it has its place.
  private struct Node {
    var id: String
    var stage: String
    var isSink: Bool
    var links: [String: [Link]]
  }

  /// The graph of a plan.
  public init(_ plan: Plan) {
    self.init(
      plan.steps.map { step in
        Node(
          id: step.id, stage: step.descriptor.name, isSink: step.descriptor.isSink,
          links: step.links.mapValues { $0.map { Link(stage: $0.step, port: $0.port) } })
      })
  }

  /// The graph of a document as it stands; params, inputs and files need not be given.
  ///
  /// - Throws: ``InvalidDocument`` with every fault of its form.
  public init(_ document: PipelineDocument, _ request: PlanRequest, registry: Registry)
    throws(InvalidDocument)
  {
    self.init(
      try Planner(registry: registry).outline(document, request).map { node in
        Node(
          id: node.id, stage: node.descriptor.name, isSink: node.descriptor.isSink,
          links: node.links.mapValues { $0.map { Link(stage: $0.node, port: $0.port) } })
      })
  }

  /// Colours stages by what a run would do with them.
  public mutating func show(_ forecast: RunForecast) {
    for entry in forecast.entries {
      states[entry.step] =
        switch entry.fate {
        case .cached: .kept
        case .unneeded: .unneeded
        case .runs(.changed): .changed
        case .runs(.unfinished): .unfinished
        case .runs: .runs
        }
    }
  }

  /// The graph of a document without documents in it, as pictures carry one; nil when its stages wait for one another.
  public init?(flat document: PipelineDocument) {
    let stages = document.stages
    let links = stages.mapValues { stage in
      stage.links.mapValues { $0.filter { stages[$0.stage] != nil } }
    }
    var users: [String: [String]] = [:]
    var waits = links.mapValues { Set($0.values.joined().map(\.stage)) }
    for (id, sources) in waits { for source in sources { users[source, default: []].append(id) } }
    var ready = waits.filter(\.value.isEmpty).keys.sorted(by: >)
    var nodes: [Node] = []
    while let id = ready.popLast(), let stage = stages[id] {
      nodes.append(Node(id: id, stage: stage.name, isSink: users[id] == nil, links: links[id] ?? [:]))
      for user in (users[id] ?? []).sorted(by: >) {
        waits[user]?.remove(id)
        if waits[user]?.isEmpty == true { ready.append(user) }
      }
    }
    guard nodes.count == stages.count else { return nil }
    self.init(nodes)
  }

  private init(_ nodes: [Node]) {
    var arrows: [Arrow] = []
    for node in nodes {
      var labels: [String: [String]] = [:]
      for (port, sources) in node.links.sorted(by: { $0.key < $1.key }) {
        for source in sources {
          labels[source.stage, default: []].append(source.port == port ? port : "\(source.port) → \(port)")
        }
      }
      for (source, ports) in labels.sorted(by: { $0.key < $1.key }) {
        arrows.append(Arrow(from: source, to: node.id, label: ports.joined(separator: ", ")))
      }
    }
    boxes = nodes.map { Box(id: $0.id, stage: $0.stage, isSink: $0.isSink) }
    self.arrows = arrows
  }

  /// For Markdown: a Mermaid flow chart.
  public var mermaid: String {
    let numbers = Dictionary(uniqueKeysWithValues: boxes.enumerated().map { ($1.id, "n\($0)") })
    var lines = ["flowchart TD"]
    for box in boxes {
      let text = "\"\(Self.mermaid(box.id))<br/><small>\(Self.mermaid(box.stage))</small>\""
      lines.append("  \(numbers[box.id]!)" + (box.isSink ? "[/\(text)/]" : "[\(text)]"))
    }
    lines += arrows.map {
      "  \(numbers[$0.from]!) -->|\"\(Self.mermaid($0.label))\"| \(numbers[$0.to]!)"
    }
    return lines.joined(separator: "\n") + "\n"
  }

  // The names of ports and of stages may be a plugin's.

  private static func mermaid(_ text: String) -> String {
    text.replacing("#", with: "#35;").replacing("\"", with: "#quot;").replacing("<", with: "#lt;")
      .replacing(">", with: "#gt;")
  }
}

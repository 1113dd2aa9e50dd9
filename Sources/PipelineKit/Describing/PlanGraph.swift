/// A plan drawn as a graph.
public struct PlanGraph: Sendable {
  /// One box.
  struct Box: Sendable {
    var id: String
    var stage: String
    var isSink: Bool
    /// The longest way from a source, for laying boxes out in rows.
    var row: Int
  }
  /// One arrow for all links between two boxes.
  struct Arrow: Sendable, Hashable {
    var from: String
    var to: String
    var label: String
  }

  let boxes: [Box]
  let arrows: [Arrow]

  /// The graph of a plan.
  public init(_ plan: Plan) {
    var rows: [String: Int] = [:]
    var arrows: [Arrow] = []
    for step in plan.steps {
      let sources = step.links.values.joined()
      rows[step.id] = (sources.map { rows[$0.step]! + 1 }.max() ?? 0)
      var labels: [String: [String]] = [:]
      for (port, sources) in step.links.sorted(by: { $0.key < $1.key }) {
        for source in sources {
          labels[source.step, default: []].append(source.port == port ? port : "\(source.port) → \(port)")
        }
      }
      for (source, ports) in labels.sorted(by: { $0.key < $1.key }) {
        arrows.append(Arrow(from: source, to: step.id, label: ports.joined(separator: ", ")))
      }
    }
    boxes = plan.steps.map {
      Box(id: $0.id, stage: $0.descriptor.name, isSink: $0.descriptor.isSink, row: rows[$0.id]!)
    }
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

  /// For Graphviz.
  public var dot: String {
    var lines = ["digraph pipeline {", "  node [shape=box, style=rounded, fontname=\"sans-serif\"];"]
    lines += boxes.map { box in
      let id = Self.dot(box.id)
      return "  \"\(id)\" [label=\"\(id)\\n\(Self.dot(box.stage))\"];"
    }
    lines += arrows.map {
      "  \"\(Self.dot($0.from))\" -> \"\(Self.dot($0.to))\" [label=\"\(Self.dot($0.label))\"];"
    }
    return (lines + ["}"]).joined(separator: "\n") + "\n"
  }

  // The names of ports and of stages may be a plugin's.

  private static func mermaid(_ text: String) -> String {
    text.replacing("#", with: "#35;").replacing("\"", with: "#quot;").replacing("<", with: "#lt;")
      .replacing(">", with: "#gt;")
  }

  private static func dot(_ text: String) -> String {
    text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
  }
}

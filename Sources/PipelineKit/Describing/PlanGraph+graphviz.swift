import Foundation

/// The graph for Graphviz, which lays it out.
extension PlanGraph {
  /// In Graphviz' language: documents within documents are framed, states have colours and a legend.
  public var dot: String {
    var lines = [
      "digraph pipeline {",
      "  graph [fontname=\"sans-serif\", fontsize=12, fontcolor=\"#555566\", nodesep=0.3, ranksep=0.45, pad=0.2];",
      "  node [shape=box, style=\"rounded,filled\", fontname=\"sans-serif\", fontsize=13, fillcolor=\"#eef1f8\", color=\"#8890a0\", margin=\"0.15,0.07\"];",
      "  edge [fontname=\"sans-serif\", fontsize=10, color=\"#666677\", fontcolor=\"#444466\", arrowsize=0.7];",
    ]
    if let legend { lines.append("  graph [labelloc=b, label=<\(legend)>];") }
    lines += frame([], boxes, indent: "  ")
    lines += arrows.map {
      "  \(Self.quoted($0.from)) -> \(Self.quoted($0.to)) [label=\(Self.quoted(" \($0.label) "))];"
    }
    return (lines + ["}"]).joined(separator: "\n") + "\n"
  }

  /// Whether Graphviz is installed.
  public static var canBeDrawn: Bool {
    (try? ProgramLookup.path(of: "dot", for: "a graph", environment: ProcessInfo.processInfo.environment))
      != nil
  }

  /// A drawing for a browser or a document, laid out by Graphviz' program `dot`.
  ///
  /// - Throws: ``MissingDependency`` where that is not installed; ``StageFailure`` when it fails; `CancellationError`.
  public func svg() async throws -> String {
    let environment = ProcessInfo.processInfo.environment
    guard Self.canBeDrawn else {
      throw MissingDependency(
        "to draw a graph needs Graphviz, whose program 'dot' is not there",
        remedy: "install it (Debian: apt-get install graphviz), or take another form: --as mermaid, --as dot")
    }
    let scratch = try ScratchPlace()
    let (source, drawing) = (
      scratch.url.appending(path: "graph.dot"), scratch.url.appending(path: "graph.svg")
    )
    try Data(dot.utf8).write(to: source)
    try await ChildProcess(
      name: "dot",
      command: [
        "dot", "-Tsvg", "-o", drawing.path(percentEncoded: false), source.path(percentEncoded: false),
      ],
      folder: scratch.url, environment: environment, timeout: .seconds(300),
      limits: ChildProcess.Limits(fileBytes: 1 << 30)
    ).run()
    let text = try String(contentsOf: drawing, encoding: .utf8)
    // Without what stands before: a page may hold the drawing itself.
    return withExtendedLifetime(scratch) {
      text.range(of: "<svg").map { String(text[$0.lowerBound...]) } ?? text
    }
  }

  /// The boxes of a document, and a frame for each document in it.
  private func frame(_ path: [String], _ boxes: [Box], indent: String) -> [String] {
    var own: [Box] = []
    var inner: [String: [Box]] = [:]
    for box in boxes {
      let rest = box.path.dropFirst(path.count)
      if rest.count > 1 { inner[rest[rest.startIndex], default: []].append(box) } else { own.append(box) }
    }
    var lines = own.map { indent + node($0) }
    for (name, boxes) in inner.sorted(by: { $0.key < $1.key }) {
      let id = (path + [name]).joined(separator: "/")
      lines.append("\(indent)subgraph \(Self.quoted("cluster " + id)) {")
      lines.append(
        "\(indent)  graph [label=\(Self.quoted(name)), labelloc=t, labeljust=l, style=rounded, color=\"#b4bac8\"];"
      )
      lines += frame(path + [name], boxes, indent: indent + "  ")
      lines.append("\(indent)}")
    }
    return lines
  }

  private func node(_ box: Box) -> String {
    let label =
      "<\(Self.escaped(box.path.last ?? box.id))<br/><font point-size=\"10\" color=\"#555566\">\(Self.escaped(box.stage))</font>>"
    var attributes = ["label=\(label)"]
    if let state = states[box.id] { attributes.append("fillcolor=\"\(state.colour)\"") }
    if box.isSink { attributes.append("penwidth=1.8") }
    return "\(Self.quoted(box.id)) [\(attributes.joined(separator: ", "))];"
  }

  /// The colours that occur, in words.
  private var legend: String? {
    let present = State.allCases.filter { states.values.contains($0) }
    guard !present.isEmpty else { return nil }
    let cells = present.map { "<td bgcolor=\"\($0.colour)\">\($0.rawValue)</td>" }.joined()
    return
      "<table border=\"0\" cellborder=\"0\" cellspacing=\"6\" cellpadding=\"4\"><tr>\(cells)</tr></table>"
  }

  private static func quoted(_ text: String) -> String {
    "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("\"", with: "&quot;")
  }
}

extension PlanGraph.Box {
  /// The documents around the stage and its own name. What was added to read an input or to write an output belongs
  /// to the document that has it.
  fileprivate var path: [String] {
    var parts: [String] = []
    var prefix: String?
    for part in id.split(separator: "/").map(String.init) {
      if part == Link.documentInputs || part == FlatStage.outputs, prefix == nil {
        prefix = part
      } else {
        parts.append((prefix.map { $0 + "/" } ?? "") + part)
        prefix = nil
      }
    }
    return parts + (prefix.map { [$0] } ?? [])
  }
}

extension PlanGraph.State {
  fileprivate var colour: String {
    switch self {
    case .kept: "#d9efdf"
    case .runs: "#eef1f8"
    case .changed: "#fbe8c6"
    case .unfinished: "#f6d5d2"
    case .unneeded: "#f4f4f4"
    }
  }
}

/// A stage's descriptor in words.
public enum StageHelp {
  /// One line a stage: name and summary, and where it comes from when it is no built-in.
  public static func list(_ descriptors: [StageDescriptor]) -> String {
    let width = descriptors.map(\.name.count).max() ?? 0
    return descriptors.map { descriptor in
      let origin = descriptor.origin.phrase.map { "  (\($0))" } ?? ""
      return descriptor.name.padded(to: width) + "  " + descriptor.summary + origin
    }.joined(separator: "\n")
  }

  /// Everything about one stage.
  ///
  /// - Parameters:
  ///   - width: how many characters a line may have.
  ///   - presets: of a document.
  public static func page(
    _ descriptor: StageDescriptor, width: Int = 100, presets: [String: Preset] = [:]
  ) -> String {
    var sections = [title(descriptor) + "\n" + Paragraphs.wrapped(descriptor.summary, width: width)]
    if !descriptor.discussion.isEmpty {
      sections.append(Paragraphs.wrapped(descriptor.discussion, width: width))
    }
    if !descriptor.inputs.isEmpty { sections.append("INPUTS\n" + ports(descriptor.inputs, width)) }
    if !descriptor.outputs.isEmpty { sections.append("OUTPUTS\n" + ports(descriptor.outputs, width)) }
    if !descriptor.parameters.isEmpty {
      sections.append("PARAMETERS\n" + parameters(descriptor.parameters, width))
    }
    if !presets.isEmpty { sections.append("PRESETS\n" + self.presets(presets, width)) }
    sections.append("EXAMPLE\n" + example(descriptor))
    var facts: [String] = []
    if !descriptor.isPure {
      facts.append("Its result is never kept: it is not a function of its inputs alone.")
    }
    if let origin = descriptor.origin.phrase { facts.append("From \(origin).") }
    if !facts.isEmpty { sections.append(facts.joined(separator: "\n")) }
    return sections.joined(separator: "\n\n")
  }

  /// A declaration with all that a stage must have, linked to stages that are called as its inputs are.
  static func example(_ descriptor: StageDescriptor) -> String {
    var parts = descriptor.name.split { $0 == "/" || $0 == "." }.map(String.init)
    if case .document = descriptor.origin { parts.removeLast() }
    let id = parts.last ?? descriptor.name
    let links = descriptor.inputs.filter(\.arity.isRequired).map { port in
      let link = "\"\(port.name).\(port.type)\""
      return "\"\(port.name)\": " + (port.arity.takesList ? "[\(link)]" : link)
    }
    let settings = descriptor.parameters.filter(\.isRequired).map { parameter in
      "\"\(parameter.name)\": \(parameter.kind.example.compact)"
    }
    var members = ["\"use\": \"\(descriptor.name)\""]
    if !links.isEmpty { members.append("\"in\": {\(links.joined(separator: ", "))}") }
    if !settings.isEmpty { members.append("\"set\": {\(settings.joined(separator: ", "))}") }
    return "  \"\(id)\": {\(members.joined(separator: ", "))}"
  }

  private static func title(_ descriptor: StageDescriptor) -> String {
    if case .document = descriptor.origin { return descriptor.name }
    return "\(descriptor.name)@\(descriptor.version)"
  }

  private static func presets(_ presets: [String: Preset], _ width: Int) -> String {
    let sorted = presets.sorted { $0.key < $1.key }
    return table(
      sorted.map(\.key),
      sorted.map { _, preset in
        let values = preset.params.sorted { $0.key < $1.key }.map { "\($0) \($1.compact)" }
        let sets = values.isEmpty ? "Every param has its default." : "Sets \(values.joined(separator: ", "))."
        return preset.help.isEmpty ? sets : "\(preset.help) \(sets)"
      }, width)
  }

  private static func ports(_ ports: [PortDescriptor], _ width: Int) -> String {
    let names = ports.map { port in
      let arity =
        switch port.arity {
        case .one: ""
        case .optional: ", optional"
        case .many: ", a list"
        case .any: ", a list, optional"
        }
      return "\(port.name): \(port.type)\(arity)"
    }
    return table(names, ports.map(\.help), width)
  }

  private static func parameters(_ parameters: [ParameterDescriptor], _ width: Int) -> String {
    let names = parameters.map { parameter in
      switch parameter.defaultValue {
      case nil: "\(parameter.name) (required)"
      case .null?: parameter.name
      case let value?: "\(parameter.name) = \(value.compact)"
      }
    }
    return table(
      names,
      parameters.map { parameter in
        let former =
          parameter.formerNames.isEmpty
          ? "" : " Formerly " + parameter.formerNames.joined(separator: ", ") + "."
        return "\(parameter.help) Takes \(parameter.kind.phrase)." + former
      }, width)
  }

  private static func table(_ names: [String], _ texts: [String], _ width: Int) -> String {
    let column = min(names.map(\.count).max() ?? 0, 36, max(12, width / 3))
    return zip(names, texts).map { name, text in
      let indent = String(repeating: " ", count: column + 4)
      let lines = Paragraphs.wrapped(text, width: max(20, width - indent.count)).replacing(
        "\n", with: "\n" + indent)
      return "  " + (name.count > column ? name + "\n" + indent : name.padded(to: column) + "  ") + lines
    }.joined(separator: "\n")
  }
}

/// Text whose paragraphs fill lines of any width.
enum Paragraphs {
  /// Lines that follow each other are one paragraph; a line that begins with a space stands for itself.
  static func wrapped(_ text: String, width: Int) -> String {
    var lines: [String] = []
    var current = ""
    func end() {
      if !current.isEmpty { lines.append(current) }
      current = ""
    }
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      guard let first = line.first, first != " " else {
        end()
        lines.append(String(line))
        continue
      }
      for word in line.split(separator: " ") {
        if !current.isEmpty, current.count + 1 + word.count > width { end() }
        current += (current.isEmpty ? "" : " ") + word
      }
    }
    end()
    return lines.joined(separator: "\n")
  }
}

extension ParameterKind {
  /// A value of the kind, for a reader.
  fileprivate var example: JSONValue {
    switch self {
    case .boolean: true
    case .integer(let bounds): .number((bounds.minimum ?? min(1, bounds.maximum ?? 1)).rounded(.up))
    case .number(let bounds): .number(bounds.minimum ?? min(1, bounds.maximum ?? 1))
    case .string: "text"
    case .choice(let words): .string(words.first ?? "")
    case .resource(_, let words): .string(words?.first ?? "name")
    case .path, .inputFile, .outputFile: "file"
    case .array(let element, let count):
      .array(Array(repeating: element.example, count: max(1, Int(count.minimum ?? 1))))
    case .optional(let kind): kind.example
    case .json: [:]
    }
  }
}

extension StageDescriptor.Origin {
  /// Where a stage comes from; nil when it is built in.
  public var phrase: String? {
    switch self {
    case .builtIn: nil
    case .manifest(let path): "the plugin \(path)"
    case .library(let path): "the library \(path)"
    case .document(let path): "the document \(path)"
    }
  }
}

extension StageDescriptor {
  /// The descriptor for programs: `stages NAME --json`.
  public var json: JSONValue {
    [
      "name": .string(name), "version": JSONValue(version), "summary": .string(summary),
      "discussion": .string(discussion), "pure": .bool(isPure), "sink": .bool(isSink),
      "origin": .string(origin.phrase ?? "built in"),
      "inputs": .array(inputs.map(\.json)), "outputs": .array(outputs.map(\.json)),
      "parameters": .array(
        parameters.map {
          var schema = $0.kind.schema
          schema["name"] = .string($0.name)
          schema["help"] = .string($0.help)
          schema["required"] = .bool($0.isRequired)
          if let value = $0.defaultValue { schema["default"] = value }
          return .object(schema)
        }),
    ]
  }
}

extension PortDescriptor {
  fileprivate var json: JSONValue {
    [
      "name": .string(name), "type": .string(type.name), "arity": .string(arity.rawValue),
      "help": .string(help),
    ]
  }
}

extension JSONValue {
  /// On one line.
  var compact: String { String(decoding: JSONWriter.canonical(self), as: UTF8.self) }
}

extension String {
  fileprivate func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
}

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
  public static func page(_ descriptor: StageDescriptor) -> String {
    var sections = ["\(descriptor.name)@\(descriptor.version)\n\(descriptor.summary)"]
    if !descriptor.discussion.isEmpty { sections.append(descriptor.discussion) }
    if !descriptor.inputs.isEmpty { sections.append("INPUTS\n" + ports(descriptor.inputs)) }
    if !descriptor.outputs.isEmpty { sections.append("OUTPUTS\n" + ports(descriptor.outputs)) }
    if !descriptor.parameters.isEmpty { sections.append("PARAMETERS\n" + parameters(descriptor.parameters)) }
    var facts: [String] = []
    if !descriptor.isPure {
      facts.append("Its result is never kept: it is not a function of its inputs alone.")
    }
    if let origin = descriptor.origin.phrase { facts.append("From \(origin).") }
    if !facts.isEmpty { sections.append(facts.joined(separator: "\n")) }
    return sections.joined(separator: "\n\n")
  }

  private static func ports(_ ports: [PortDescriptor]) -> String {
    let names = ports.map { port in
      let arity =
        switch port.arity {
        case .one: ""
        case .optional: ", optional"
        case .many: ", a list"
        }
      return "\(port.name): \(port.type)\(arity)"
    }
    return table(names, ports.map(\.help))
  }

  private static func parameters(_ parameters: [ParameterDescriptor]) -> String {
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
      })
  }

  private static func table(_ names: [String], _ texts: [String]) -> String {
    let width = min(names.map(\.count).max() ?? 0, 36)
    return zip(names, texts).map { "  " + $0.padded(to: width) + "  " + $1 }.joined(separator: "\n")
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

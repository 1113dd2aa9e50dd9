import Foundation

/// Settings as a stage is made with, from what the document and the caller said.
struct Binding {
  /// The document whose text the settings stand in.
  let document: PipelineDocument
  /// The values of that document's params; one that has a fault already is missing.
  let params: [String: Setting]
  var faults: [Diagnostic] = []
  /// What was said but is no fault.
  var remarks: [String] = []
  /// What the settings of this and other documents hold so far.
  var size = SettingSize()

  init(document: PipelineDocument, params: [String: Setting]) {
    self.document = document
    self.params = params
  }

  /// One stage's complete settings: what the document sets, what the caller sets instead, defaults for the rest.
  /// Parameters with a fault are left out of the result.
  ///
  /// - Parameters:
  ///   - given: the caller's values; nil for one with a fault.
  ///   - folder: where paths in defaults start.
  mutating func settings(
    _ descriptor: StageDescriptor, declared: [String: JSONValue], given: [String: Setting?],
    at stage: JSONPointer, folder: URL
  ) -> [String: Setting] {
    let set = stage / "set"
    let names = descriptor.parameters.map(\.name)
    for name in declared.keys where descriptor.parameter(name) == nil {
      faults.append(
        document.source.diagnostic(
          "'\(descriptor.name)' has no parameter '\(name)'", at: set / name, key: true,
          expected: names.isEmpty ? "no parameters" : "one of " + names.joined(separator: ", "),
          suggestion: nearestName(to: name, among: names)))
    }
    var settings: [String: Setting] = [:]
    for parameter in descriptor.parameters {
      if let value = given[parameter.name] {
        settings[parameter.name] = value
      } else if let (name, literal) = written(parameter, in: declared, at: set) {
        guard let value = value(of: literal, kind: parameter.kind, at: set / name) else { continue }
        settings[parameter.name] = value
      } else if let value = parameter.defaultValue {
        settings[parameter.name] = Self.bind(
          .value(value), kind: parameter.kind, in: folder, isConfined: true)
      } else {
        faults.append(
          document.source.diagnostic(
            "'\(descriptor.name)' needs '\(parameter.name)': \(parameter.help)",
            at: declared.isEmpty ? stage : set, expected: parameter.kind.phrase))
      }
    }
    return settings
  }

  /// What the document sets, and under which of the parameter's names.
  private mutating func written(
    _ parameter: ParameterDescriptor, in declared: [String: JSONValue], at set: JSONPointer
  ) -> (name: String, literal: JSONValue)? {
    let names = ([parameter.name] + parameter.formerNames).filter { declared[$0] != nil }
    guard let name = names.first, let literal = declared[name] else { return nil }
    if names.count > 1 {
      fault(
        "'\(names[1])' is the former name of '\(name)', which is set too", at: set / names[1],
        expected: "one of the two")
    } else if name != parameter.name {
      remarks.append(Self.remark(on: name, parameter, at: (set / name).description))
    }
    return (name, literal)
  }

  /// What is said of a former name.
  static func remark(on name: String, _ parameter: ParameterDescriptor, at place: String) -> String {
    "\(place): '\(name)' is called '\(parameter.name)' now"
  }

  /// What a literal of the document comes to; nil, and a fault, where it is not of that kind.
  mutating func value(of literal: JSONValue, kind: ParameterKind, at pointer: JSONPointer)
    -> Setting?
  {
    if let name = literal["$param"]?.string, let param = document.params[name], !kind.mayTake(param.kind) {
      fault(
        "the param '\(name)' is \(param.kind.phrase)", at: pointer, expected: kind.phrase)
      return nil
    }
    guard !size.isExceeded, let substituted = substitute(literal, at: pointer) else { return nil }
    guard size.take(substituted) else {
      fault("with its params filled in, \(SettingSize.phrase)", at: pointer, expected: kind.phrase)
      return nil
    }
    let value = bind(substituted, kind: kind)
    let found = kind.faults(of: value)
    for fault in found {
      faults.append(
        document.source.diagnostic(
          fault.message, at: JSONPointer(pointer.tokens + fault.pointer.tokens), expected: fault.expected,
          suggestion: fault.suggestion))
    }
    return found.isEmpty ? value : nil
  }

  /// The literal with every `{"$param": name}` replaced; nil when one of them has no value.
  private mutating func substitute(_ literal: JSONValue, at pointer: JSONPointer) -> Setting? {
    switch literal {
    case .object(let members):
      guard let reference = members["$param"] else {
        if members.keys.contains(where: { $0.hasPrefix("$") }) {
          fault("only \"$param\" may start with '$'", at: pointer, expected: "{\"$param\": name}")
          return nil
        }
        var result: [String: JSONValue] = [:]
        for (name, member) in members {
          guard let setting = substitute(member, at: pointer / name) else { continue }
          result[name] = setting.plain
          if setting.plain == nil {
            fault(
              "a path may not stand in an object", at: pointer / name, expected: ParameterKind.json.phrase)
          }
        }
        return result.count == members.count ? .value(.object(result)) : nil
      }
      return param(reference, alone: members.count == 1, at: pointer)
    case .array(let values):
      let result = values.enumerated().compactMap { substitute($1, at: pointer / "\($0)") }
      return result.count == values.count ? Setting(result) : nil
    default: return .value(literal)
    }
  }

  private mutating func param(_ reference: JSONValue, alone: Bool, at pointer: JSONPointer) -> Setting? {
    guard alone, let name = reference.string else {
      fault(
        "a parameter reference has the one member \"$param\", a name", at: pointer,
        expected: "{\"$param\": name}")
      return nil
    }
    if document.params[name] == nil {
      faults.append(
        document.source.diagnostic(
          "the document has no param '\(name)'", at: pointer / "$param",
          expected: document.params.isEmpty
            ? "a name declared under \"params\""
            : "one of " + document.params.keys.sorted().joined(separator: ", "),
          suggestion: nearestName(to: name, among: Array(document.params.keys))))
    }
    return params[name]
  }

  private mutating func fault(_ message: String, at pointer: JSONPointer, expected: String) {
    faults.append(document.source.diagnostic(message, at: pointer, expected: expected))
  }

  /// Ties a path that stands in the document to the document's folder.
  func bind(_ setting: Setting, kind: ParameterKind) -> Setting {
    Binding.bind(setting, kind: kind, in: document.folder, isConfined: true)
  }

  /// Ties every path and every name in a setting to a folder.
  static func bind(_ setting: Setting, kind: ParameterKind, in folder: URL, isConfined: Bool) -> Setting {
    switch (kind, setting) {
    case (.optional(let kind), _): bind(setting, kind: kind, in: folder, isConfined: isConfined)
    case (.path, .value(.string(let text))), (.inputFile, .value(.string(let text))),
      (.outputFile, .value(.string(let text))):
      BoundPath.mayBeWritten(text) ? .path(BoundPath(text, in: folder, isConfined: isConfined)) : setting
    case (.resource, .value(.string(let text))):
      BoundPath.mayBeWritten(text)
        ? .resource(BoundResource(BoundPath(text, in: folder, isConfined: isConfined))) : setting
    // What a document's own param was given stays tied to where it was given.
    case (.resource, .path(let path)): .resource(BoundResource(path))
    case (.array(let element, _), _) where element.isPath:
      setting.elements.map { Setting($0.map { bind($0, kind: element, in: folder, isConfined: isConfined) }) }
        ?? setting
    default: setting
    }
  }
}

import Foundation

/// What the caller gives on the command line: values of params, settings in place of a document's, files for inputs.
extension Expansion {
  mutating func rootParams(_ root: Scope) -> [String: Setting] {
    var values: [String: Setting] = [:]
    let declared = root.document.params
    for (name, given) in request.params {
      guard let param = declared[name] else {
        faults.append(
          Diagnostic(
            "--param \(name): the document has no param '\(name)'", at: .root / "params",
            expected: declared.isEmpty
              ? "no params" : "one of " + declared.keys.sorted().joined(separator: ", "),
            suggestion: nearestName(to: name, among: Array(declared.keys))))
        continue
      }
      values[name] = callerValue(
        given, kind: param.kind, option: "--param \(name)", at: .root / "params" / name)
    }
    let preset = chosenPreset(of: root.document)
    for (name, param) in declared where request.params[name] == nil {
      if let value = preset?.params[name] ?? param.defaultValue {
        values[name] = Binding(document: root.document, params: [:]).bind(.value(value), kind: param.kind)
      } else if !leavesOpen {
        faults.append(
          root.document.source.diagnostic(
            "the param '\(name)' has no value\(param.help.isEmpty ? "" : ": \(param.help)")",
            at: .root / "params" / name, expected: "--param \(name)=… (\(param.kind.phrase))"))
      }
    }
    return values
  }

  private mutating func chosenPreset(of document: PipelineDocument) -> Preset? {
    guard let name = request.preset else { return nil }
    if let preset = document.presets[name] { return preset }
    let names = document.presets.keys.sorted()
    faults.append(
      Diagnostic(
        "--preset \(name): the document has no preset '\(name)'", at: .root / "presets",
        expected: names.isEmpty ? "no presets" : "one of " + names.joined(separator: ", "),
        suggestion: nearestName(to: name, among: names)))
    return nil
  }

  mutating func callerValue(
    _ given: PlanRequest.GivenValue, kind: ParameterKind, option: String, at pointer: JSONPointer
  ) -> Setting? {
    let value: JSONValue
    switch given {
    case .json(let given): value = given
    case .text(let text):
      do {
        value = try kind.value(ofText: text)
      } catch {
        faults += error.diagnostics.map {
          Diagnostic("\(option): \($0.message)", at: pointer, expected: $0.expected)
        }
        return nil
      }
    }
    guard !value.holdsReservedNames else {
      faults.append(Diagnostic("\(option): no name may start with '$'", at: pointer, expected: kind.phrase))
      return nil
    }
    let found = kind.faults(of: .value(value))
    for fault in found {
      faults.append(
        Diagnostic(
          "\(option): \(fault.message)", at: pointer, expected: fault.expected, suggestion: fault.suggestion))
    }
    return found.isEmpty
      ? Binding.bind(.value(value), kind: kind, in: request.workingFolder, isConfined: false) : nil
  }

  /// What the caller sets; nil for a value with a fault.
  mutating func given(_ id: String, _ descriptor: StageDescriptor) -> [String: Setting?] {
    descriptors[id] = descriptor
    guard let given = request.settings[id] else { return [:] }
    var values: [String: Setting?] = [:]
    for (name, value) in given {
      guard let parameter = descriptor.parameter(name) else { continue }
      unusedSettings[id]?.remove(name)
      values.updateValue(
        callerValue(
          value, kind: parameter.kind, option: "--set \(id).\(name)", at: .root / "stages" / id / "set" / name
        ),
        forKey: parameter.name)
      if name != parameter.name {
        remarks.append(Binding.remark(on: name, parameter, at: "--set \(id).\(name)"))
      }
    }
    return values
  }

  mutating func unknownSetting(_ id: String, _ name: String) {
    let pointer = JSONPointer.root / "stages" / id
    if let descriptor = descriptors[id] {
      let names = descriptor.parameters.map(\.name)
      faults.append(
        Diagnostic(
          "--set \(id).\(name): '\(descriptor.name)' has no parameter '\(name)'", at: pointer / "set",
          expected: names.isEmpty ? "no parameters" : "one of " + names.joined(separator: ", "),
          suggestion: nearestName(to: name, among: names)))
    } else if !ids.contains(id) {
      faults.append(
        Diagnostic(
          "--set \(id).\(name): there is no stage '\(id)'", at: pointer,
          suggestion: nearestName(to: id, among: ids)))
    }
    // A stage whose `use` names nothing has its fault already.
  }

  /// Gives each input of the root document the stage that reads such a value from the caller's file.
  mutating func bindInputs(of root: Scope) {
    for (name, path) in request.inputs where root.document.inputs[name] == nil {
      faults.append(
        Diagnostic(
          "--input \(name)=\(path): the document declares no input '\(name)'", at: .root / "inputs",
          suggestion: nearestName(to: name, among: Array(root.document.inputs.keys))))
    }
    let needed = root.neededInputs
    for (name, type) in root.document.inputs.sorted(by: { $0.key < $1.key }) {
      guard let source = registry.types[type]?.source, let definition = registry.stages[source] else {
        fault(
          "the document takes \(indefinite(type)) as '\(name)', which only another document can give",
          in: root,
          at: .root / "inputs" / name)
        continue
      }
      let path = request.inputs[name]
      guard path != nil || needed.contains(name) else { continue }
      guard path != nil || leavesOpen else {
        fault(
          "the input '\(name)' is not given", in: root, at: .root / "inputs" / name,
          expected: "--input \(name)=FILE, or to be run as a stage of another document")
        continue
      }
      var settings = definition.descriptor.defaults
      settings["path"] = path.map { .path(BoundPath($0, in: request.workingFolder, isConfined: false)) }
      let id = "\(Link.documentInputs)/\(name)"
      for (name, value) in given(id, definition.descriptor) { settings[name] = value }
      nodes[id] = FlatStage(
        id: id, definition: definition, settings: settings, links: [:], source: root.document.source,
        pointer: .root / "inputs" / name, isImplicit: true)
    }
  }

  /// Checks that what the caller wants in files of other names leaves the pipeline and can be written.
  mutating func checkNamedOutputs(of root: Scope) {
    let declared = Set(request.until == nil ? Array(root.document.outputs.keys) : Array(results.keys))
    for (name, path) in request.outputs.sorted(by: { $0.key < $1.key }) {
      guard declared.contains(name) else {
        faults.append(
          Diagnostic(
            "--output \(name)=\(path): there is no output '\(name)'", at: .root / "outputs",
            expected: declared.isEmpty ? "no outputs" : "one of " + declared.sorted().joined(separator: ", "),
            suggestion: nearestName(to: name, among: declared.sorted())))
        continue
      }
      // A link that leads nowhere has its fault already.
      guard let (source, type) = results[name] else { continue }
      if nodes[source.node]?.descriptor.isSink == true {
        faults.append(
          Diagnostic(
            "--output \(name)=\(path): the stage '\(source.node)' writes it already",
            at: .root / "outputs" / name,
            expected: "--set \(source.node).path=\(path)"))
      } else if registry.types[type]?.sink == nil {
        faults.append(
          Diagnostic(
            "--output \(name)=\(path): \(indefinite(type)) cannot be written to a file",
            at: .root / "outputs" / name))
      }
    }
  }

  func rootInput(_ name: String, of root: Scope) -> FlatStage.Source? {
    guard let type = root.document.inputs[name], let node = nodes["\(Link.documentInputs)/\(name)"],
      let port = node.descriptor.outputs.first(where: { $0.type == type })
    else { return nil }
    return FlatStage.Source(node: node.id, port: port.name)
  }
}

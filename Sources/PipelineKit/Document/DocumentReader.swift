import Foundations
public import Foundation
import SystemPackage

extension PipelineDocument {
  /// Reads a document, collecting every fault of its form.
  ///
  /// - Parameters:
  ///   - source: the parsed text.
  ///   - folder: where its relative paths start.
  public init(_ source: JSONDocument, folder: URL) throws(InvalidDocument) {
    var reader = DocumentReader(source: source)
    let document = reader.read(folder: folder)
    guard reader.faults.isEmpty else { throw InvalidDocument(reader.faults) }
    self = document
  }

  /// Reads a document from a file.
  public init(contentsOf url: URL, named name: String? = nil) throws {
    let name = name ?? url.relativePath
    let bytes: Data
    do {
      guard let contents = try FileSystem().contents(of: FilePath(url)) else {
        throw UnreadableDocument(file: name, reason: "there is no such file")
      }
      bytes = contents
    } catch let error as FileError {
      throw UnreadableDocument(file: name, reason: error.reason.description)
    }
    try self.init(
      JSONParser.parse(bytes, file: name),
      folder: url.deletingLastPathComponent().absoluteURL.standardizedFileURL)
  }
}

/// A document's file cannot be read at all.
public struct UnreadableDocument: Error, Sendable, CustomStringConvertible {
  /// The file as the user named it.
  public let file: String
  /// Why, in words.
  public let reason: String
  /// In words.
  public var description: String { "cannot read '\(file)': \(reason)" }
}

/// Walks the JSON of one document.
private struct DocumentReader: JSONWalker {
  let source: JSONDocument
  var faults: [Diagnostic] = []

  mutating func read(folder: URL) -> PipelineDocument {
    let members = object(
      source.root, at: .root,
      optional: [
        "$schema", "formatVersion", "notes", "params", "presets", "inputs", "stages", "outputs",
      ])
    readFormatVersion(members["formatVersion"])
    let params = entries(members["params"], "params") { $0.param($1, $2, named: $3) }
    let declared = members["params"]?.object?.keys.sorted() ?? []
    return PipelineDocument(
      source: source, folder: folder, params: params,
      presets: entries(members["presets"], "presets") { reader, value, pointer, _ in
        reader.preset(value, pointer, of: params, declared)
      },
      inputs: entries(members["inputs"], "inputs") { reader, value, pointer, _ in
        reader.string(value, at: pointer, "a port type, as in \"image\"").map { PortType($0) }
      },
      stages: entries(members["stages"], "stages", isRequired: true) { $0.stage($1, $2, id: $3) },
      outputs: entries(members["outputs"], "outputs") { reader, value, pointer, _ in
        reader.link(value, at: pointer)
      })
  }

  private mutating func readFormatVersion(_ value: JSONValue?) {
    guard let value else {
      return fault("'formatVersion' is missing", at: .root, expected: "\"formatVersion\": 1")
    }
    checkFormatVersion(value)
  }

  private mutating func entries<Entry>(
    _ value: JSONValue?, _ name: String, isRequired: Bool = false,
    _ read: (inout DocumentReader, JSONValue, JSONPointer, String) -> Entry?
  ) -> [String: Entry] {
    guard let value else {
      if isRequired { fault("'\(name)' is missing", at: .root, expected: "an object") }
      return [:]
    }
    let pointer = JSONPointer.root / name
    var entries: [String: Entry] = [:]
    for (id, value) in children(of: value, at: pointer) {
      if !Identifier.isValid(id) {
        fault("'\(id)' cannot be a name", at: pointer / id, key: true, expected: Identifier.phrase)
      } else if id == Link.documentInputs, name == "stages" {
        fault("'inputs' names the document's own inputs", at: pointer / id, key: true, expected: "another id")
      } else if let entry = read(&self, value, pointer / id, id) {
        entries[id] = entry
      }
    }
    return entries
  }

  private mutating func stage(_ value: JSONValue, _ pointer: JSONPointer, id: String) -> StageDeclaration? {
    let members = object(value, at: pointer, optional: ["use", "in", "set", "notes"])
    guard value.object != nil else { return nil }
    var links: [String: [Link]] = [:]
    for (port, value) in children(of: members["in"], at: pointer / "in") {
      links[port] = self.links(value, at: pointer / "in" / port)
    }
    let settings = children(of: members["set"], at: pointer / "set")
    guard let use = members["use"] else {
      fault("stage '\(id)' says no 'use'", at: pointer, expected: "\"use\": the name of a stage")
      return nil
    }
    guard let use = string(use, at: pointer / "use", "the name of a stage") else { return nil }
    return StageDeclaration(use: use, links: links, settings: settings)
  }

  private mutating func links(_ value: JSONValue, at pointer: JSONPointer) -> [Link] {
    if let values = value.array {
      return values.enumerated().compactMap { link($1, at: pointer / "\($0)") }
    }
    return link(value, at: pointer).map { [$0] } ?? []
  }

  private mutating func link(_ value: JSONValue, at pointer: JSONPointer) -> Link? {
    let expected = "\"stage.port\", the id of a stage and one of its outputs"
    guard let text = string(value, at: pointer, expected) else { return nil }
    guard let link = Link(text) else {
      fault("\"\(text)\" is no link", at: pointer, expected: expected)
      return nil
    }
    return link
  }

  private mutating func param(_ value: JSONValue, _ pointer: JSONPointer, named name: String)
    -> ParameterDescriptor?
  {
    let members = object(
      value, at: pointer,
      optional: [
        "type", "default", "minimum", "maximum", "choices", "help", "notes",
      ])
    guard value.object != nil else { return nil }
    let help = members["help"].flatMap { string($0, at: pointer / "help", "a string") } ?? ""
    guard let declared = kind(members, at: pointer) else { return nil }
    // A default of null says that the param may have no value.
    let kind = members["default"] == .null && declared != .json ? .optional(declared) : declared
    if let value = members["default"] {
      if value.holdsReservedNames {
        fault("no name in a default may start with '$'", at: pointer / "default", expected: kind.phrase)
        return nil
      }
      check(value, at: pointer / "default", kind)
    }
    return ParameterDescriptor(name: name, kind: kind, defaultValue: members["default"], help: help)
  }

  /// Values of params; one whose declaration has a fault is not checked against it.
  private mutating func preset(
    _ value: JSONValue, _ pointer: JSONPointer, of params: [String: ParameterDescriptor],
    _ declared: [String]
  ) -> Preset? {
    let members = object(value, at: pointer, required: ["params"], optional: ["help", "notes"])
    guard value.object != nil else { return nil }
    let values = children(of: members["params"], at: pointer / "params")
    for (name, value) in values.sorted(by: { $0.key < $1.key }) {
      let place = pointer / "params" / name
      guard declared.contains(name) else {
        fault(
          "the document has no param '\(name)'", at: place, key: true,
          expected: declared.isEmpty ? "no params" : "one of " + declared.joined(separator: ", "),
          suggestion: nearestName(to: name, among: declared))
        continue
      }
      guard let kind = params[name]?.kind else { continue }
      if value.holdsReservedNames {
        fault("no name in a preset's value may start with '$'", at: place, expected: kind.phrase)
      } else {
        check(value, at: place, kind)
      }
    }
    let help = members["help"].flatMap { string($0, at: pointer / "help", "a string") } ?? ""
    return Preset(params: values, help: help)
  }

  private mutating func kind(_ members: [String: JSONValue], at pointer: JSONPointer) -> ParameterKind? {
    let names = ["path", "string", "integer", "number", "boolean", "array", "any"]
    let expected = "one of " + names.joined(separator: ", ")
    guard let type = members["type"] else {
      fault("the parameter says no 'type'", at: pointer, expected: expected)
      return nil
    }
    guard let name = string(type, at: pointer / "type", expected) else { return nil }
    let bounds = Bounds(
      minimum: number(members["minimum"], at: pointer / "minimum"),
      maximum: number(members["maximum"], at: pointer / "maximum"))
    if let minimum = bounds.minimum, let maximum = bounds.maximum, minimum > maximum {
      fault("no number is at least the minimum and at most the maximum", at: pointer)
    }
    if bounds != .none, name != "integer", name != "number" {
      fault("only a number has a minimum or a maximum", at: pointer, expected: "type integer or number")
    }
    if let choices = members["choices"] { return choice(choices, type: name, at: pointer) }
    switch name {
    case "path": return .path
    case "string": return .string
    case "integer": return .integer(bounds)
    case "number": return .number(bounds)
    case "boolean": return .boolean
    case "array": return .array(of: .json, count: .none)
    case "any": return .json
    default:
      fault(
        "there is no parameter type '\(name)'", at: pointer / "type", expected: expected,
        suggestion: nearestName(to: name, among: names))
      return nil
    }
  }

  private mutating func choice(_ value: JSONValue, type: String, at pointer: JSONPointer) -> ParameterKind? {
    let words = value.array?.compactMap(\.string) ?? []
    guard type == "string", !words.isEmpty, words.count == value.array?.count else {
      fault(
        "'choices' does not fit", at: pointer / "choices", expected: "a list of strings, with type string")
      return nil
    }
    return .choice(words)
  }

  private mutating func number(_ value: JSONValue?, at pointer: JSONPointer) -> Double? {
    guard let value else { return nil }
    guard let number = value.number else {
      fault("\(value.phrase) is no bound", at: pointer, expected: "a number")
      return nil
    }
    return number
  }
}

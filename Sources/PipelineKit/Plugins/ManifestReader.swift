import Foundation

/// Walks the JSON of a plugin's manifest and collects every fault.
struct ManifestReader: JSONWalker {
  let source: JSONDocument
  let folder: URL
  /// The names of the port types there are.
  let types: [String]
  var faults: [Diagnostic] = []

  static func read(_ source: JSONDocument, folder: URL, types: [String]) throws -> ExternalProgram {
    var reader = ManifestReader(source: source, folder: folder, types: types)
    let program = try reader.program()
    guard reader.faults.isEmpty else { throw InvalidDocument(reader.faults) }
    return program
  }

  private init(source: JSONDocument, folder: URL, types: [String]) {
    self.source = source
    self.folder = folder
    self.types = types
  }

  private mutating func program() throws -> ExternalProgram {
    let members = object(
      source.root, at: .root, required: ["formatVersion", "name", "summary", "command", "outputs"],
      optional: [
        "version", "discussion", "parameters", "inputs", "pure", "effort", "timeoutSeconds",
        "outputMegabytes",
        "environment", "files", "notes",
      ])
    if let version = members["formatVersion"] { checkFormatVersion(version) }
    let command = words(members["command"], "command", isCommand: true)
    let files = command + words(members["files"], "files", isCommand: false)
    let descriptor = StageDescriptor(
      name: name(members["name"]),
      version: value(members["version"], "version", .integer(Bounds(minimum: 1)))?.integer ?? 1,
      summary: text(members["summary"], at: .root / "summary"),
      discussion: text(members["discussion"], at: .root / "discussion"),
      parameters: entries(members["parameters"], "parameters") { $0.parameter($1, $2, $3) },
      inputs: entries(members["inputs"], "inputs") { $0.port($1, $2, $3, isInput: true) },
      outputs: entries(members["outputs"], "outputs") { $0.port($1, $2, $3, isInput: false) },
      isPure: value(members["pure"], "pure", .boolean)?.bool ?? true,
      origin: .manifest(source.file), implementation: try digest(of: files))
    if members["outputs"]?.object?.isEmpty == true {
      fault("a stage has at least one output", at: .root / "outputs", expected: "a port")
    }
    let effort = value(members["effort"], "effort", .choice(["light", "compute", "waiting"]))?.string
    let seconds = value(members["timeoutSeconds"], "timeoutSeconds", Self.timeout)?.number
    let megabytes = value(members["outputMegabytes"], "outputMegabytes", Self.output)?.integer
    return ExternalProgram(
      descriptor: descriptor, command: command, environment: environment(members["environment"]),
      timeout: .seconds(seconds ?? 600),
      outputBytes: (megabytes ?? ExternalProgram.standardOutputMegabytes) * 1_000_000,
      effort: effort.flatMap(Effort.init(rawValue:)) ?? .waiting)
  }

  private static let timeout = ParameterKind.number(Bounds(minimum: 0.1, maximum: 604_800))
  private static let output = ParameterKind.integer(Bounds(minimum: 1, maximum: 1_000_000))

  private mutating func name(_ value: JSONValue?) -> String {
    guard let value else { return "" }
    let name = text(value, at: .root / "name")
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    if value.string != nil, !parts.allSatisfy(Self.isName) {
      fault("'\(name)' cannot be a stage's name", at: .root / "name", expected: "a name such as family.verb")
    }
    return name
  }

  /// What starts with `./` or `../` is a file beside the manifest; other words of a command are left as they are.
  private mutating func words(_ value: JSONValue?, _ name: String, isCommand: Bool) -> [String] {
    let kind = ParameterKind.array(of: .string, count: Bounds(minimum: isCommand ? 1 : 0))
    guard let words = self.value(value, name, kind)?.array else { return [] }
    return words.enumerated().map { index, word in
      let word = word.string ?? ""
      let pointer = JSONPointer.root / name / "\(index)"
      if word.contains("\0") || (index == 0 && word.isEmpty) {
        fault("\(name) cannot hold this word", at: pointer, expected: "a program, an argument or a file")
      }
      guard word.hasPrefix("./") || word.hasPrefix("../") else {
        if !isCommand { fault("this is no file beside the manifest", at: pointer, expected: "\"./file\"") }
        return word
      }
      let file = folder.appending(path: word).standardizedFileURL.path(percentEncoded: false)
      if !FileManager.default.fileExists(atPath: file) {
        fault("there is no file '\(word)' beside the manifest", at: pointer)
      }
      return file
    }
  }

  /// Of the manifest and the files it names, so that a change of any makes the results anew.
  private func digest(of files: [String]) throws -> ContentDigest {
    var digests: [JSONValue] = [.string(ContentDigest(of: JSONWriter.canonical(source.root)).description)]
    for file in files where file.hasPrefix("/") {
      var isFolder: ObjCBool = false
      if FileManager.default.fileExists(atPath: file, isDirectory: &isFolder), !isFolder.boolValue {
        digests.append(.string(try ContentDigest(ofFile: URL(filePath: file)).description))
      }
    }
    return ContentDigest(of: JSONWriter.canonical(.array(digests)))
  }

  private mutating func environment(_ value: JSONValue?) -> [String] {
    let names = self.value(value, "environment", .array(of: .string, count: .none))?.array ?? []
    return names.enumerated().compactMap { index, name in
      guard let name = name.string, name.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_]*/) != nil else {
        fault(
          "this cannot be a variable's name", at: .root / "environment" / "\(index)",
          expected: "a name of letters, digits and '_'")
        return nil
      }
      return name
    }
  }

  private mutating func port(_ value: JSONValue, _ pointer: JSONPointer, _ name: String, isInput: Bool)
    -> PortDescriptor
  {
    let members = object(
      value, at: pointer, required: ["type", "help"], optional: isInput ? ["arity", "notes"] : ["notes"])
    let type = text(members["type"], at: pointer / "type")
    if members["type"]?.string != nil, !types.contains(type) {
      fault(
        "there is no port type '\(type)'", at: pointer / "type",
        expected: "one of " + types.joined(separator: ", "), suggestion: nearestName(to: type, among: types))
    }
    let arity = self.value(
      members["arity"], at: pointer / "arity", .choice(["one", "optional", "many", "any"]))
    return PortDescriptor(
      name: name, type: PortType(type),
      arity: arity?.string.flatMap(PortDescriptor.Arity.init(rawValue:)) ?? .one,
      help: text(members["help"], at: pointer / "help"))
  }
}

// MARK: Parameters
extension ManifestReader {
  private mutating func parameter(_ value: JSONValue, _ pointer: JSONPointer, _ name: String)
    -> ParameterDescriptor
  {
    var kind = kind(value, at: pointer, required: ["type", "help"], optional: ["default"])
    let byDefault = value["default"]
    if byDefault == .null { kind = .optional(kind) }
    if let byDefault, kind.isPath, byDefault != .null {
      fault("a path has no default but null", at: pointer / "default", expected: "null, or no default")
    } else if let byDefault {
      check(byDefault, at: pointer / "default", kind)
    }
    return ParameterDescriptor(
      name: name, kind: kind, defaultValue: byDefault, help: text(value["help"], at: pointer / "help"))
  }

  /// What the members `type`, `minimum`, `maximum`, `choices`, `of`, `minimumCount` and `maximumCount` say.
  private mutating func kind(
    _ value: JSONValue, at pointer: JSONPointer, required: [String], optional: [String]
  ) -> ParameterKind {
    let names = ["boolean", "integer", "number", "string", "path", "array", "any"]
    let type = value["type"]?.string ?? ""
    let own: [String: [String]] = [
      "integer": ["minimum", "maximum"], "number": ["minimum", "maximum"], "string": ["choices"],
      "array": ["of", "minimumCount", "maximumCount"],
    ]
    let isKnown = names.contains(type)
    let members = object(
      value, at: pointer, required: required + (type == "array" ? ["of"] : []),
      optional: optional + (isKnown ? own[type] ?? [] : own.values.joined().sorted()) + ["notes"])
    if !isKnown, members["type"] != nil {
      fault(
        "this is no parameter type", at: pointer / "type",
        expected: "one of " + names.joined(separator: ", "),
        suggestion: nearestName(to: type, among: names))
    }
    switch type {
    case "boolean": return .boolean
    case "integer": return .integer(bounds(members, "minimum", "maximum", at: pointer))
    case "number": return .number(bounds(members, "minimum", "maximum", at: pointer))
    case "string": return choices(members["choices"], at: pointer / "choices").map { .choice($0) } ?? .string
    case "path": return .inputFile
    case "array":
      let element = members["of"].map { kind($0, at: pointer / "of", required: ["type"], optional: []) }
      return .array(
        of: element ?? .json, count: bounds(members, "minimumCount", "maximumCount", at: pointer))
    default: return .json
    }
  }

  private mutating func bounds(
    _ members: [String: JSONValue], _ low: String, _ high: String, at pointer: JSONPointer
  ) -> Bounds {
    let bounds = Bounds(
      minimum: value(members[low], at: pointer / low, .number(.none))?.number,
      maximum: value(members[high], at: pointer / high, .number(.none))?.number)
    if let minimum = bounds.minimum, let maximum = bounds.maximum, minimum > maximum {
      fault("'\(low)' is above '\(high)'", at: pointer / low, expected: "at most \(Bounds.text(maximum))")
    }
    return bounds
  }

  private mutating func choices(_ value: JSONValue?, at pointer: JSONPointer) -> [String]? {
    self.value(value, at: pointer, .array(of: .string, count: Bounds(minimum: 1)))?.array?
      .compactMap(\.string)
  }
}

// MARK: Any JSON
extension ManifestReader {
  private static func isName(_ text: some StringProtocol) -> Bool {
    Identifier.isValid(text) && !text.contains("/")
  }

  /// What an object's members declare, in the order in which they are written.
  private mutating func entries<Entry>(
    _ value: JSONValue?, _ name: String,
    _ read: (inout ManifestReader, JSONValue, JSONPointer, String) -> Entry
  ) -> [Entry] {
    let pointer = JSONPointer.root / name
    guard let value else { return [] }
    guard let members = value.object else {
      fault("'\(name)' is not an object", at: pointer, expected: "an object")
      return []
    }
    let places = members.keys.map { name in
      let place = source.nameLocation(of: pointer / name)
      return (place?.line ?? 0, place?.column ?? 0, name)
    }
    return places.sorted(by: <).map { _, _, name in
      if !Self.isName(name) {
        fault(
          "'\(name)' cannot be a name", at: pointer / name, key: true,
          expected: "a name of letters, digits, '-' and '_'")
      }
      return read(&self, members[name]!, pointer / name, name)
    }
  }

  private mutating func text(_ value: JSONValue?, at pointer: JSONPointer) -> String {
    self.value(value, at: pointer, .string)?.string ?? ""
  }

  private mutating func value(_ value: JSONValue?, _ name: String, _ kind: ParameterKind) -> JSONValue? {
    self.value(value, at: .root / name, kind)
  }

  /// The value if it is of the kind.
  private mutating func value(_ value: JSONValue?, at pointer: JSONPointer, _ kind: ParameterKind)
    -> JSONValue?
  {
    guard let value, check(value, at: pointer, kind) else { return nil }
    return value
  }
}

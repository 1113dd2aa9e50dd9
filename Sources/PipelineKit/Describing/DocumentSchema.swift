/// The JSON Schema (draft 2020-12) of pipeline documents, for editors: every stage, its parameters and ports.
public enum DocumentSchema {
  /// The schema for documents that may name these stages.
  public static func json(for registry: Registry) -> JSONValue {
    [
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "title": "Pipeline document, format 1",
      "type": "object",
      "required": ["formatVersion", "stages"],
      "additionalProperties": false,
      "properties": [
        "$schema": ["type": "string"],
        "formatVersion": ["const": 1],
        "notes": [:],
        "params": named(param),
        "presets": named(preset),
        "inputs": named(["enum": .array(registry.types.keys.map(\.name).sorted().map { .string($0) })]),
        "stages": named(["$ref": "#/$defs/stage"], except: "inputs"),
        "outputs": named(link),
      ],
      "$defs": [
        "param": [
          "type": "object", "required": ["$param"], "additionalProperties": false,
          "properties": ["$param": ["type": "string"]],
        ],
        "stage": stage(registry.descriptors),
        "stages": .object(
          Dictionary(uniqueKeysWithValues: registry.descriptors.map { ($0.name, stage($0)) })),
      ],
    ]
  }

  /// What every stage has, and what its `use` decides: so that an editor marks what is wrong in a stage of that kind, and
  /// offers that kind's keys.
  private static func stage(_ descriptors: [StageDescriptor]) -> JSONValue {
    let names = descriptors.flatMap { uses(of: $0) }
    let document: JSONValue = [
      "type": "string", "pattern": "\\.json$|^\\.{1,2}/", "description": "A document run as a stage.",
    ]
    return [
      "type": "object", "required": ["use"], "additionalProperties": false,
      "properties": [
        "use": [
          "description": "The name of a stage, or the path of a document.",
          "anyOf": [["enum": .array(names)], document],
        ],
        "in": ["type": "object"], "set": ["type": "object"], "notes": [:],
      ],
      "allOf": .array(
        descriptors.map { descriptor in
          [
            "if": ["properties": ["use": ["enum": .array(uses(of: descriptor))]], "required": ["use"]],
            "then": ["$ref": .string("#/$defs/stages/\(descriptor.name)")],
          ]
        } + [["if": ["properties": ["use": document], "required": ["use"]], "then": documentStage]]),
    ]
  }

  private static func uses(of descriptor: StageDescriptor) -> [JSONValue] {
    [.string(descriptor.name), .string("\(descriptor.name)@\(descriptor.version)")]
  }

  private static func named(_ value: JSONValue, except reserved: String? = nil) -> JSONValue {
    var names: [String: JSONValue] = ["pattern": "^[A-Za-z0-9_/-]+$"]
    if let reserved { names["not"] = ["const": .string(reserved)] }
    return ["type": "object", "propertyNames": .object(names), "additionalProperties": value]
  }

  private static let link: JSONValue = ["type": "string", "pattern": "^[A-Za-z0-9_/-]+\\.[A-Za-z0-9_/-]+$"]

  private static let param: JSONValue = [
    "type": "object", "required": ["type"], "additionalProperties": false,
    "properties": [
      "type": ["enum": ["path", "string", "integer", "number", "boolean", "array", "any"]],
      "default": [:], "minimum": ["type": "number"], "maximum": ["type": "number"],
      "choices": ["type": "array", "items": ["type": "string"]], "help": ["type": "string"], "notes": [:],
    ],
  ]

  private static let preset: JSONValue = [
    "type": "object", "required": ["params"], "additionalProperties": false,
    "properties": ["params": ["type": "object"], "help": ["type": "string"], "notes": [:]],
  ]

  private static let documentStage: JSONValue = [
    "properties": ["in": ["type": "object", "additionalProperties": link], "set": ["type": "object"]]
  ]

  private static func stage(_ descriptor: StageDescriptor) -> JSONValue {
    var inputs: [String: JSONValue] = [:]
    for port in descriptor.inputs {
      var list: [String: JSONValue] = ["type": "array", "items": link]
      if port.arity != .any { list["minItems"] = 1 }
      if !port.arity.takesList { list["maxItems"] = 1 }
      inputs[port.name] = ["anyOf": [link, .object(list)], "description": .string(port.help)]
    }
    var settings: [String: JSONValue] = [:]
    for parameter in descriptor.parameters {
      var schema = parameter.kind.schema(orElse: ["$ref": "#/$defs/param"])
      schema["description"] = .string(parameter.help)
      if let value = parameter.defaultValue, value != .null { schema["default"] = value }
      settings[parameter.name] = .object(schema)
      for name in parameter.formerNames {
        settings[name] = .object(
          schema.merging(["deprecated": true, "description": .string("Called \(parameter.name) now.")]) { $1 }
        )
      }
    }
    let requiredInputs = descriptor.inputs.filter(\.arity.isRequired).map { JSONValue.string($0.name) }
    let requiredSettings = descriptor.parameters.filter(\.isRequired).map { JSONValue.string($0.name) }
    var required: [JSONValue] = ["use"]
    if !requiredInputs.isEmpty { required.append("in") }
    if !requiredSettings.isEmpty { required.append("set") }
    return [
      "title": .string(descriptor.name), "description": .string(descriptor.summary),
      "required": .array(required),
      "properties": [
        "in": [
          "type": "object", "required": .array(requiredInputs), "additionalProperties": false,
          "properties": .object(inputs),
        ],
        "set": [
          "type": "object", "required": .array(requiredSettings), "additionalProperties": false,
          "properties": .object(settings),
        ],
      ],
    ]
  }
}

extension ParameterKind {
  /// The JSON Schema of values of this kind.
  var schema: [String: JSONValue] {
    switch self {
    case .boolean: ["type": "boolean"]
    case .integer(let bounds): ["type": "integer"].merging(bounds.schema("minimum", "maximum")) { $1 }
    case .number(let bounds): ["type": "number"].merging(bounds.schema("minimum", "maximum")) { $1 }
    case .string: ["type": "string"]
    case .choice(let words): ["enum": .array(words.map { .string($0) })]
    case .resource(_, let words?): ["enum": .array(words.map { .string($0) })]
    case .resource(_, nil): ["type": "string", "minLength": 1]
    case .path, .inputFile, .outputFile: ["type": "string", "minLength": 1, "format": "path"]
    case .array(let element, let count):
      ["type": "array", "items": .object(element.schema)].merging(count.schema("minItems", "maxItems")) { $1 }
    case .optional(let kind): ["anyOf": [.object(kind.schema), ["type": "null"]]]
    case .json: [:]
    }
  }
}

extension ParameterKind {
  /// The schema of values of this kind, in which that other value may stand for the whole or for any element.
  fileprivate func schema(orElse other: JSONValue) -> [String: JSONValue] {
    switch self {
    case .json: schema
    case .optional(let kind): ["anyOf": [.object(kind.schema(orElse: other)), ["type": "null"]]]
    case .array(let element, _):
      [
        "anyOf": [
          .object(schema.merging(["items": .object(element.schema(orElse: other))]) { $1 }), other,
        ]
      ]
    default: ["anyOf": [.object(schema), other]]
    }
  }
}

extension Bounds {
  fileprivate func schema(_ least: String, _ greatest: String) -> [String: JSONValue] {
    var members: [String: JSONValue] = [:]
    if let minimum { members[least] = .number(minimum) }
    if let maximum { members[greatest] = .number(maximum) }
    return members
  }
}

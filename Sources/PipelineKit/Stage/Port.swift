/// The kind of value that flows through a port: `image`, `mask`, `latent` …
public struct PortType: Sendable, Hashable, ExpressibleByStringLiteral, CustomStringConvertible {
  /// The name as documents write it.
  public let name: String
  /// A port type of that name.
  public init(_ name: String) { self.name = name }
  /// A port type of that name.
  public init(stringLiteral name: String) { self.name = name }
  /// In words.
  public var description: String { name }
}

/// One port as everything but the stage itself sees it.
public struct PortDescriptor: Sendable, Hashable {
  /// How many links a port takes: one; one or none; one or more; any number.
  public enum Arity: String, Sendable, Hashable {
    case one, optional, many, any

    /// Whether a link is needed.
    public var isRequired: Bool { self == .one || self == .many }
    /// Whether there may be several.
    public var takesList: Bool { self == .many || self == .any }
  }

  /// Its name in a document's `in`, or after the dot of a link.
  public var name: String
  /// What flows through it.
  public var type: PortType
  /// How many links it takes. Outputs are always `one`.
  public var arity: Arity
  /// One line of help.
  public var help: String

  /// A port.
  public init(name: String, type: PortType, arity: Arity = .one, help: String) {
    self.name = name
    self.type = type
    self.arity = arity
    self.help = help
  }
}

/// A port of either direction, as a stage lists it.
public protocol StagePort: Sendable {
  /// How the port looks from outside.
  var descriptor: PortDescriptor { get }
}

/// An input that must be linked.
public struct Input<Value: PortValue>: StagePort {
  /// How the port looks from outside.
  public let descriptor: PortDescriptor
  /// An input that must be linked.
  public init(_ name: String, help: String) {
    descriptor = PortDescriptor(name: name, type: Value.portType, help: help)
  }
}

/// An input that may be left unlinked.
public struct OptionalInput<Value: PortValue>: StagePort {
  /// How the port looks from outside.
  public let descriptor: PortDescriptor
  /// An input that may be left unlinked.
  public init(_ name: String, help: String) {
    descriptor = PortDescriptor(name: name, type: Value.portType, arity: .optional, help: help)
  }
}

/// An input that takes a list of links.
public struct ManyInputs<Value: PortValue>: StagePort {
  /// How the port looks from outside.
  public let descriptor: PortDescriptor
  /// An input that takes a list of links, at least one unless it is optional.
  public init(_ name: String, isOptional: Bool = false, help: String) {
    descriptor = PortDescriptor(
      name: name, type: Value.portType, arity: isOptional ? .any : .many, help: help)
  }
}

/// An output.
public struct Output<Value: PortValue>: StagePort {
  /// How the port looks from outside.
  public let descriptor: PortDescriptor
  /// An output.
  public init(_ name: String, help: String) {
    descriptor = PortDescriptor(name: name, type: Value.portType, help: help)
  }
}

/// The values a stage is run with, by port.
public struct StageInputs: Sendable {
  /// Every value by the port's name; a port that takes a list has several, an unlinked one has none.
  public let values: [String: [any PortValue]]

  /// The values a stage is run with.
  public init(_ values: [String: [any PortValue]]) { self.values = values }

  /// The value at a required input.
  public subscript<Value>(port: Input<Value>) -> Value {
    get throws {
      guard let value = try one(port.descriptor, as: Value.self) else {
        throw InternalFault("input '\(port.descriptor.name)' was not linked")
      }
      return value
    }
  }

  /// The value at an optional input, or nil when it is not linked.
  public subscript<Value>(port: OptionalInput<Value>) -> Value? {
    get throws { try one(port.descriptor, as: Value.self) }
  }

  /// All values at an input that takes a list.
  public subscript<Value>(port: ManyInputs<Value>) -> [Value] {
    get throws { try (values[port.descriptor.name] ?? []).map { try cast($0, port.descriptor) } }
  }

  private func one<Value>(_ port: PortDescriptor, as type: Value.Type) throws -> Value? {
    try values[port.name]?.first.map { try cast($0, port) }
  }

  private func cast<Value>(_ value: any PortValue, _ port: PortDescriptor) throws -> Value {
    guard let typed = value as? Value else {
      throw InternalFault("input '\(port.name)' carries \(type(of: value)), not \(Value.self)")
    }
    return typed
  }
}

/// The values a stage has made, by port.
public struct StageOutputs: Sendable {
  /// Every value by the port's name.
  public private(set) var values: [String: any PortValue]

  /// Values by the port's name.
  public init(_ values: [String: any PortValue] = [:]) { self.values = values }

  /// One value at one output.
  public init<Value>(_ port: Output<Value>, _ value: Value) { values = [port.descriptor.name: value] }

  /// These outputs and one more.
  public func with<Value>(_ port: Output<Value>, _ value: Value) -> StageOutputs {
    var outputs = self
    outputs.values[port.descriptor.name] = value
    return outputs
  }

  subscript(name: String) -> (any PortValue)? {
    get { values[name] }
    set { values[name] = newValue }
  }

  /// The value at an output.
  public subscript<Value>(port: Output<Value>) -> Value {
    get throws {
      guard let value = values[port.descriptor.name] as? Value else {
        throw InternalFault("output '\(port.descriptor.name)' was not made")
      }
      return value
    }
  }
}

public import Foundation

/// The stages and port types that documents may name.
public struct Registry: Sendable {
  /// Stages by name.
  public private(set) var stages: [String: StageDefinition] = [:]
  /// Port types by name.
  public private(set) var types: [PortType: PortTypeDefinition] = [:]

  /// An empty registry.
  public init() {}

  /// Adds Swift stages. A name taken already is a fault of the program.
  public mutating func register(_ stages: [any Stage.Type], origin: StageDescriptor.Origin = .builtIn) throws
  {
    for stage in stages { try register(StageDefinition(stage, origin: origin)) }
  }

  /// Adds a stage. Its name must be free and its port types known.
  public mutating func register(_ definition: StageDefinition) throws {
    let descriptor = definition.descriptor
    guard stages[descriptor.name] == nil else {
      throw InternalFault("two stages are named '\(descriptor.name)'")
    }
    for port in descriptor.inputs + descriptor.outputs where types[port.type] == nil {
      throw InternalFault("stage '\(descriptor.name)' has a port of unknown type '\(port.type)'")
    }
    stages[descriptor.name] = definition
  }

  /// Adds a port type.
  public mutating func register(_ type: PortTypeDefinition) { types[type.type] = type }

  /// All descriptors by name.
  public var descriptors: [StageDescriptor] {
    stages.values.map(\.descriptor).sorted { $0.name < $1.name }
  }

  /// The stage whose name was probably meant.
  public func nearestStage(to name: String) -> String? { nearestName(to: name, among: Array(stages.keys)) }

  /// The stage that merely turns one type into another, if there is one.
  public func conversion(from source: PortType, to target: PortType) -> String? {
    descriptors.first {
      $0.isConversion && $0.outputs.contains { $0.type == target }
        && $0.inputs.contains { $0.type == source && $0.arity == .one }
    }?.name
  }
}

/// What is known of a port type.
public struct PortTypeDefinition: Sendable {
  /// Its name.
  public let type: PortType
  /// One line of help.
  public let summary: String
  /// The stage that reads a value of this type from a file the caller names, by its parameter `path`.
  public let source: String?
  /// The stage that writes a document's output of this type to a file, by its parameter `path`.
  public let sink: String?
  /// The extension of a file so written, without the dot.
  public let fileExtension: String
  /// Reads the store form.
  public let read: @Sendable (URL) throws -> any PortValue
  /// Reads the exchange form.
  public let imported: @Sendable (URL) throws -> any PortValue

  /// The definition of a value's port type.
  public init<Value: PortValue>(
    _ type: Value.Type, summary: String, source: String? = nil, sink: String? = nil
  ) {
    self.type = Value.portType
    self.summary = summary
    self.source = source
    self.sink = sink
    fileExtension = Value.exchangeExtension
    read = { try Value.read(from: $0) }
    imported = { try Value.imported(from: $0) }
  }
}

/// A computation as a value: operators in an order in which every input comes before its use.
///
/// It names no engine. Build one with `GraphBuilder`.
public struct Graph: Sendable {
  /// One result of one operator.
  public struct Value: Sendable, Hashable {
    /// Index into `operations`.
    public var operation: Int
    /// Which of its results.
    public var result: Int

    /// One result of one operator.
    public init(operation: Int, result: Int) {
      self.operation = operation
      self.result = result
    }
  }

  /// One application of an operator.
  public struct Operation: Sendable {
    /// The layer it belongs to: `down_blocks.0.resnets.1`; empty at the top.
    public var layer: String
    /// What is done.
    public var `operator`: Operator
    /// To what.
    public var inputs: [Value]
    /// What comes out.
    public var results: [TensorType]
  }

  /// A named output.
  public struct Output: Sendable {
    /// Its name.
    public var name: String
    /// Where it is computed.
    public var value: Value
  }

  /// The operators, each after those it depends on.
  public let operations: [Operation]
  /// The outputs, in the order in which they were declared.
  public let outputs: [Output]

  /// The type of a value.
  public func type(of value: Value) -> TensorType {
    operations[value.operation].results[value.result]
  }

  /// The inputs' types by name.
  public var inputTypes: [String: TensorType] {
    var types: [String: TensorType] = [:]
    for operation in operations {
      if case .input(let name, let type) = operation.operator { types[name] = type }
    }
    return types
  }

  /// The outputs' types by name.
  public var outputTypes: [String: TensorType] {
    Dictionary(uniqueKeysWithValues: outputs.map { ($0.name, type(of: $0.value)) })
  }
}

/// Everything about a model that this program does not support, collected before anything is computed.
package struct ModelFaults {
  /// In words, each with its file.
  package private(set) var all: [String] = []

  /// None yet.
  package init() {}

  /// Notes a fault.
  package mutating func add(_ fault: String) { all.append(fault) }

  /// What the body makes; nil, and a fault, when it throws.
  @discardableResult
  package mutating func attempt<Value>(_ body: () throws -> Value) -> Value? {
    do {
      return try body()
    } catch {
      all.append("\(error)")
      return nil
    }
  }
}

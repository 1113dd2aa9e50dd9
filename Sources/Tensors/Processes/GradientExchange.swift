/// Several processes that train one network on different examples.
///
/// Every process runs its own micro-batches; between that and clipping, gradients and losses are averaged, so that all
/// take the same step. Every method is called by all processes in the same order, and gives all the same bits.
public protocol GradientExchange: Sendable {
  /// Which process this is, from 0 on. Process 0 alone writes files and reports.
  var rank: Int { get }
  /// How many there are.
  var processCount: Int { get }

  /// Replaces numbers by their mean over all processes.
  func average(_ values: inout [Float]) async throws
  /// Replaces the gradients of a model's parameters by their mean over all processes. Without an implementation of
  /// its own, an exchange reads all of them, averages them as one vector and writes them back.
  func averageGradients(of model: any GradientExecutable) async throws
}

extension GradientExchange {
  /// Reads all gradients, averages them as one vector and writes them back.
  public func averageGradients(of model: any GradientExecutable) async throws {
    let names = model.parameters.keys.sorted()
    var values: [Float] = []
    for name in names { values += try await model.read(.gradient, of: name).floats }
    try await average(&values)
    var rest = values[...]
    for name in names {
      let type = model.parameters[name]!
      let own = Array(rest.prefix(type.elementCount))
      try await model.write(.gradient, of: name, Tensor(own, shape: type.shape))
      rest = rest.dropFirst(own.count)
    }
  }
}

/// The exchange of one process that trains alone: nothing is exchanged.
public struct SingleProcess: GradientExchange {
  /// 0.
  public let rank = 0
  /// 1.
  public let processCount = 1

  /// A process that trains alone.
  public init() {}

  /// Leaves the numbers as they are: the mean of one.
  public func average(_ values: inout [Float]) {}
  /// Leaves the gradients as they are.
  public func averageGradients(of model: any GradientExecutable) {}
}

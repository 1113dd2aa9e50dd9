package import Tensors

/// What a network is trained on: batches, each decided by its place alone.
///
/// Nothing is kept from one batch to the next, so that a training that goes on after an interruption sees what it would
/// have seen without one. Chance comes from `StepRandom`, which is decided by a batch's place, too.
package protocol BatchSource: Sendable {
  /// How many examples a micro-batch has.
  var batchSize: Int { get }

  /// A micro-batch: the graph's inputs, by name. It is made while the one before is learnt from.
  ///
  /// - Parameters:
  ///   - step: counted from 1 on.
  ///   - micro: which of the step's micro-batches, from 0 on; of several processes, each has its own.
  func inputs(step: Int, micro: Int) async throws -> [String: Tensor]
}

/// Which of all batches one is.
struct BatchPosition: Sendable, Hashable {
  var step: Int
  var micro: Int
}

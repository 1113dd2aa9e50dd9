import Diffusion

extension GaussianMixture {
  /// Reads a mixture of scikit-learn's: its pickle, of which nothing is run, or a `.safetensors` file with the arrays
  /// `weights` `[components]`, `means` `[components, features]`, `precisions_cholesky` `[components, features, features]`,
  /// as doubles or singles.
  ///
  /// - Throws: `CheckpointError`; ``EvaluationFault`` for what is no mixture.
  package init(contentsOf path: String) throws {
    let isPickle = !path.hasSuffix(".safetensors")
    let file = isPickle ? try Checkpoint(estimator: path) : try Checkpoint(safetensors: path)
    func array(_ name: String, rank: Int) throws -> (values: [Double], shape: [Int]) {
      let name = isPickle ? name + "_" : name
      guard let tensor = file[name], tensor.shape.count == rank, let values = tensor.doubles() else {
        throw EvaluationFault("\(path): there are no numbers '\(name)' of \(rank) dimensions in it")
      }
      return (values, tensor.shape)
    }
    let weights = try array("weights", rank: 1).values
    let (means, shape) = try array("means", rank: 2)
    let (factors, factorShape) = try array("precisions_cholesky", rank: 3)
    guard factorShape == [shape[0], shape[1], shape[1]] else {
      throw EvaluationFault("\(path): means of \(shape) and precisions of \(factorShape) do not fit")
    }
    let size = shape[1] * shape[1]
    try self.init(
      weights: weights, means: Matrix(rows: shape[0], columns: shape[1], values: means),
      precisionFactors: (0..<shape[0]).map {
        Matrix(rows: shape[1], columns: shape[1], values: Array(factors[$0 * size..<($0 + 1) * size]))
      })
  }
}

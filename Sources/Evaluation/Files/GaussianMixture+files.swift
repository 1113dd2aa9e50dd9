import Diffusion

extension GaussianMixture {
  /// Reads a `.safetensors` file with the arrays of scikit-learn's GaussianMixture: `weights` `[components]`, `means`
  /// `[components, features]`, `precisions_cholesky` `[components, features, features]`, as doubles or singles.
  ///
  /// - Throws: `CheckpointError`; ``EvaluationFault`` for what is no mixture.
  package init(contentsOf path: String) throws {
    guard path.hasSuffix(".safetensors") else {
      throw EvaluationFault(
        "\(path): a mixture is read from .safetensors; write one with: python -c 'import pickle, sys; from safetensors.numpy import save_file; m = pickle.load(open(sys.argv[1], \"rb\")); save_file({\"weights\": m.weights_, \"means\": m.means_, \"precisions_cholesky\": m.precisions_cholesky_}, sys.argv[2])' \(path) mixture.safetensors"
      )
    }
    let file = try Checkpoint(safetensors: path)
    func array(_ name: String, rank: Int) throws -> (values: [Double], shape: [Int]) {
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

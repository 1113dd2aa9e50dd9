import Diffusion

/// What is known of a set of pictures: the moments of their features, and the features themselves where they were kept.
package struct FeatureStatistics: Sendable {
  /// Mean and covariance; nil for a single picture.
  package var moments: GaussianStatistics?
  /// One picture a row; nil for a file that has moments alone.
  package var features: Matrix?
  /// What the numbers are of: `network`, `weights` (a digest), `preparation`, `pictures`. Empty for files of other programs.
  package var provenance: [String: String]

  /// The statistics of features.
  package init(of features: Matrix, provenance: [String: String]) throws(EvaluationFault) {
    moments = features.rows > 1 ? try GaussianStatistics(of: features) : nil
    (self.features, self.provenance) = (features, provenance)
  }

  /// Reads a file: `.npz` with `mu` and `sigma`, as pytorch-fid and clean-fid write it; `.pth` with the sums of torchmetrics'
  /// FID, as bcmi's benchmark has it; or `.safetensors` of this program.
  ///
  /// - Throws: `CheckpointError`, `EvaluationFault`.
  package init(contentsOf path: String) throws {
    if path.hasSuffix(".npz") {
      let archive = try NumpyArchive(path: path)
      guard let mean = try archive.array("mu"), let covariance = try archive.array("sigma") else {
        throw EvaluationFault("\(path): holds \(archive.names.joined(separator: ", ")), not mu and sigma")
      }
      moments = try Self.moments(mean, covariance, count: nil, path)
      (features, provenance) = (nil, [:])
      return
    }
    if path.hasSuffix(".pth") || path.hasSuffix(".pt") {
      moments = try Self.moments(ofSumsIn: path)
      (features, provenance) = (nil, [:])
      return
    }
    let file = try Checkpoint(safetensors: path)
    provenance = file.metadata
    let expected: Set<String> = ["mean", "covariance", "features"]
    guard !file.tensors.isEmpty, Set(file.tensors.keys).isSubset(of: expected) else {
      throw EvaluationFault(
        "\(path): these are no statistics: it holds \(file.tensors.keys.sorted().prefix(5).joined(separator: ", "))"
      )
    }
    func numbers(_ name: String) throws -> (values: [Double], shape: [Int])? {
      guard let tensor = file[name] else { return nil }
      guard let values = tensor.doubles() else {
        throw EvaluationFault(
          "\(path): '\(name)' is \(tensor.scalarType.rawValue), no numbers with fractions")
      }
      return (values, tensor.shape)
    }
    if let (values, shape) = try numbers("features") {
      guard shape.count == 2 else { throw EvaluationFault("\(path): features of shape \(shape)") }
      features = Matrix(rows: shape[0], columns: shape[1], values: values)
    }
    if let mean = try numbers("mean"), let covariance = try numbers("covariance") {
      moments = try Self.moments(mean, covariance, count: provenance["pictures"].flatMap { Int($0) }, path)
    }
  }

  /// Mean and covariance of `real_features_sum`, `real_features_cov_sum` (the sum of each picture's features by
  /// themselves) and `real_features_num_samples`.
  private static func moments(ofSumsIn path: String) throws -> GaussianStatistics {
    let file = try Checkpoint(contentsOf: path)
    let prefix = "real_features_"
    guard let sum = file[prefix + "sum"]?.doubles(), let squares = file[prefix + "cov_sum"],
      let products = squares.doubles(), let count = file[prefix + "num_samples"]?.integers()?.first
    else {
      throw EvaluationFault(
        "\(path): holds \(file.tensors.keys.sorted().prefix(5).joined(separator: ", ")), not the sums of torchmetrics' FID "
          + "(\(prefix)sum, \(prefix)cov_sum, \(prefix)num_samples)")
    }
    guard count > 1 else {
      throw EvaluationFault("\(path): a covariance takes 2 pictures or more, not \(count)")
    }
    let size = sum.count
    let mean = sum.map { $0 / Double(count) }
    guard squares.shape == [size, size] else {
      throw EvaluationFault(
        "\(path): \(prefix)sum of \(size) numbers and \(prefix)cov_sum of shape \(squares.shape) do not fit")
    }
    let covariance = products.indices.map { index in
      (products[index] - Double(count) * mean[index / size] * mean[index % size]) / Double(count - 1)
    }
    return try moments((mean, [size]), (covariance, [size, size]), count: count, path)
  }

  private static func moments(
    _ mean: (values: [Double], shape: [Int]), _ covariance: (values: [Double], shape: [Int]), count: Int?,
    _ path: String
  ) throws -> GaussianStatistics {
    let size = mean.values.count
    guard mean.shape == [size], covariance.shape == [size, size] else {
      throw EvaluationFault(
        "\(path): a mean of shape \(mean.shape) and a covariance of shape \(covariance.shape) do not fit")
    }
    guard (mean.values + covariance.values).allSatisfy(\.isFinite) else {
      throw EvaluationFault("\(path): holds values that are no finite numbers")
    }
    return try GaussianStatistics(
      mean: mean.values, covariance: Matrix(rows: size, columns: size, values: covariance.values),
      count: count)
  }

  /// Writes a `.safetensors` file: `mean` and `covariance` as doubles, `features` as singles, and where they come from.
  ///
  /// - Parameter keepsFeatures: without them only Fréchet distances can be taken to the file.
  package func write(to path: String, keepsFeatures: Bool = true) throws {
    var tensors: [String: CheckpointTensor] = [:]
    if let moments {
      let size = moments.mean.count
      tensors["mean"] = try CheckpointTensor(doubles: moments.mean, shape: [size])
      tensors["covariance"] = try CheckpointTensor(doubles: moments.covariance.values, shape: [size, size])
    }
    if keepsFeatures, let features {
      tensors["features"] = try Checkpoint(shapes: ["features": [features.rows, features.columns]]) { _ in
        features.values.map(Float.init)
      }["features"]
    }
    try Checkpoint(tensors: tensors, metadata: provenance).write(to: path)
  }
}

/// A graph's weights that cannot be had.
public enum WeightError: Error, Sendable, Hashable, CustomStringConvertible {
  /// A file could not be mapped.
  case mappingFailed(path: String, message: String)
  /// The graph was built to list its weights; it has none.
  case absent(layer: String)

  /// What happened, and where.
  public var description: String {
    switch self {
    case .mappingFailed(let path, let message): "\(path): cannot be mapped: \(message)"
    case .absent(let layer):
      "\(layer): the graph names its weights but holds none, so it cannot be compiled"
    }
  }
}

/// Where each of a graph's constants goes, before anything is mapped: files first, then literals.
///
/// ```
/// | model-00001.safetensors | … | model-00002.safetensors | … | literals |
/// ```
package struct WeightLayout {
  /// The files, in the order in which they lie.
  package private(set) var files: [(source: any WeightSource, offset: Int)] = []
  /// The literals, equal ones once.
  package private(set) var literals: [Tensor: Int] = [:]
  /// The length of it all, in bytes.
  package private(set) var byteCount = 0

  private var fileOffsets: [ObjectIdentifier: Int] = [:]
  private let pageSize: Int

  /// Finds places for the files of a graph.
  ///
  /// - Throws: `WeightError.absent` when a constant has no bytes.
  package init(_ graph: Graph, pageSize: Int = WeightRegion.pageSize) throws(WeightError) {
    self.pageSize = pageSize
    for operation in graph.operations {
      guard case .constant(let constant) = operation.operator else { continue }
      switch constant.storage {
      case .file(let source, _): place(source)
      case .inline: break
      case .declared: throw .absent(layer: operation.layer)
      }
    }
  }

  /// Where a constant starts, in bytes from the start; a literal finds its place now.
  package mutating func offset(of constant: Constant) -> Int {
    switch constant.storage {
    case .file(let source, let offset): fileOffsets[ObjectIdentifier(source)]! + offset
    case .inline(let tensor): place(tensor)
    case .declared: preconditionFailure("refused by init")
    }
  }

  /// Finds a place for a literal, or the one it has.
  package mutating func place(_ literal: Tensor) -> Int {
    if let offset = literals[literal] { return offset }
    let offset = byteCount
    literals[literal] = offset
    byteCount += rounded(literal.type.byteCount, to: 64)
    return offset
  }

  private mutating func place(_ source: any WeightSource) {
    guard fileOffsets[ObjectIdentifier(source)] == nil else { return }
    fileOffsets[ObjectIdentifier(source)] = byteCount
    files.append((source, byteCount))
    byteCount += rounded(source.byteCount, to: pageSize)
  }

  private func rounded(_ count: Int, to unit: Int) -> Int { (count + unit - 1) / unit * unit }
}

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

/// A file of weights, open for reading as long as the object lives.
///
/// An engine maps the descriptor itself where its runtime wants the weights, so no byte is copied: however
/// many mappings there are, they share the pages of the file system's cache.
public protocol WeightSource: AnyObject, Sendable {
  /// The file's name, for messages.
  var path: String { get }
  /// The file's length when it was opened, in bytes.
  var byteCount: Int { get }
  /// A descriptor open for reading until the object is gone.
  var fileDescriptor: Int32 { get }
}

/// A value known when the graph is built: a weight or a small literal.
public struct Constant: Sendable {
  /// Where a constant's bytes are.
  public enum Storage: Sendable {
    /// Packed in a file, in little-endian order, from `offset` (any alignment) on.
    case file(any WeightSource, offset: Int)
    /// In memory.
    case inline(Tensor)
    /// Nowhere: the graph is built to learn which weights it needs, and no engine compiles it.
    case declared
  }

  /// Where the bytes are.
  public let storage: Storage
  /// The elements' type and the dimensions.
  public let type: TensorType
  /// The parameter this is the starting value of; nil when nobody trains it.
  public private(set) var parameter: Parameter?

  /// A weight that training changes.
  public struct Parameter: Sendable, Hashable {
    /// Its name, in the published layout: `down_blocks.0.resnets.0.norm1.weight`.
    public let name: String
    /// Its elements' type and its dimensions there, which are those of its gradient.
    public let type: TensorType
  }

  /// A weight in a file.
  ///
  /// - Precondition: the bytes lie within the file.
  public init(_ source: any WeightSource, offset: Int, type: TensorType) {
    precondition(
      offset >= 0 && offset <= source.byteCount - type.byteCount,
      "\(type) at byte \(offset) is not inside \(source.path)")
    storage = .file(source, offset: offset)
    self.type = type
  }

  /// A literal.
  public init(_ tensor: Tensor) {
    storage = .inline(tensor)
    type = tensor.type
  }

  /// A weight of which only name and type are wanted.
  public init(declared type: TensorType) {
    storage = .declared
    self.type = type
  }

  private init(storage: Storage, type: TensorType, parameter: Parameter?) {
    self.storage = storage
    self.type = type
    self.parameter = parameter
  }

  /// The same weight as a parameter of this name, with the present dimensions. A `GradientEngine` trains it; for
  /// all others it is the constant it was.
  public func trained(as name: String) -> Constant {
    Constant(storage: storage, type: type, parameter: Parameter(name: name, type: type))
  }

  /// The same bytes under other dimensions: `[320]` as `[1, 320, 1, 1]`.
  ///
  /// - Precondition: both shapes hold the same number of elements.
  public func reshaped(_ shape: [Int]) -> Constant {
    let type = TensorType(self.type.elementType, shape)
    precondition(type.elementCount == self.type.elementCount, "\(self.type) cannot be seen as \(shape)")
    guard case .inline(let tensor) = storage else {
      return Constant(storage: storage, type: type, parameter: parameter)
    }
    let reshaped = tensor.withUnsafeBytes { Tensor(type, bytes: Array($0)) }
    return Constant(storage: .inline(reshaped), type: type, parameter: parameter)
  }
}

import Foundations

/// Why a file of weights was refused: the file, a named reason, and what was found where.
public struct CheckpointError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What is wrong, as one of a fixed list.
  public enum Reason: String, Sendable, CaseIterable {
    /// The file cannot be opened, read or written.
    case unreadable
    /// The disk has no room for the file.
    case noSpace
    /// Something else lies in the file's place: a Git LFS pointer, a web page.
    case standIn
    /// Neither `.safetensors` nor a PyTorch zip file.
    case unknownFormat
    /// A `.safetensors` file shorter than the 8 bytes that hold its header's length.
    case headerTooSmall
    /// A header longer than 100 MB, the format's own limit.
    case headerTooLarge
    /// A header longer than the file.
    case headerTruncated
    /// A header that is not UTF-8.
    case headerNotUTF8
    /// A header, index or configuration that is not JSON or does not begin with `{`.
    case notJSON
    /// Two members of one JSON object, or two tensors, with one name.
    case duplicateName
    /// A tensor described by other than `dtype`, `shape` and `data_offsets`, or by values of another kind.
    case malformedEntry
    /// `__metadata__` is not an object of strings.
    case malformedMetadata
    /// An element type this program does not read.
    case unknownType
    /// Dimensions whose product does not fit in 63 bits.
    case shapeOverflow
    /// Offsets that run backwards or beyond the data.
    case offsetsOutOfBounds
    /// Two tensors that share bytes of a `.safetensors` file.
    case offsetsOverlap
    /// Bytes of a `.safetensors` file that belong to no tensor.
    case offsetsLeaveHole
    /// A number of bytes that is not what element type and shape need.
    case sizeMismatch
    /// A zip directory that is missing, cut short or contradicts the entries.
    case malformedArchive
    /// A checkpoint with zip entries that are compressed or encrypted.
    case entryNotStored
    /// A pickle alone, or the tar file that torch wrote in its first year: neither is read.
    case barePickle
    /// A TorchScript program rather than weights.
    case torchScript
    /// A pickle that names a class or function outside the allow list.
    case forbiddenGlobal
    /// A pickle with an opcode outside the list PyTorch writes.
    case forbiddenOpcode
    /// A pickle that is cut short or uses its stack wrongly.
    case malformedPickle
    /// A pickle beyond the bounds on length, operations or depth.
    case pickleTooLarge
    /// A tensor's storage that is missing, of the wrong size, or big-endian.
    case malformedStorage
    /// Offset, sizes or strides of a tensor that do not fit its storage.
    case malformedTensor
    /// A pickle that holds no tensors where weights are expected.
    case noWeights
    /// An index whose files or tensors are not those it lists.
    case indexMismatch
    /// A tokenizer's symbols or merges that are not written as they should be, or do not fit together.
    case malformedVocabulary
    /// A configuration value this program does not support.
    case unsupportedConfiguration
  }

  /// The file's path.
  public let file: String
  /// The kind of fault.
  public let reason: Reason
  /// What was found, in words.
  public let detail: String

  /// A refusal.
  public init(_ reason: Reason, in file: String, _ detail: String) {
    self.file = file
    self.reason = reason
    self.detail = detail
  }

  /// A file that could not be read or written; `path` is what it is called where the error does not say.
  init(_ error: any Error, in path: String) {
    switch error {
    case let error as CheckpointError: self = error
    case let error as FileError:
      self.init(error.reason == .noSpace ? .noSpace : .unreadable, in: error.path, error.reason.description)
    case is CancellationError: self.init(.unreadable, in: path, "writing it was cancelled")
    default: self.init(.unreadable, in: path, "\(error)")
    }
  }

  /// `model.ckpt: forbiddenGlobal: …`.
  public var description: String { "\(file): \(reason.rawValue): \(detail)" }
}

public import Tensors

/// What can go wrong between a graph and what libtorch makes of it.
public enum TorchError: Error, Sendable, Hashable, CustomStringConvertible {
  /// No usable shim was found. For whoever installs: what was tried, and the command that mends it.
  case runtimeMissing(tried: [String])
  /// The device is not there, in libtorch's or the shim's words.
  case deviceAbsent(message: String)
  /// The device does not multiply in this precision.
  case precisionUnsupported(Precision, device: String)
  /// The device finds no gradients of products in this precision.
  case trainingUnsupported(Precision, device: String)
  /// Nothing is compiled that could be kept.
  case cacheUnsupported
  /// An operation failed; the message begins with its layer and its name.
  case callFailed(message: String)
  /// Another process was not there in time, or ended. For whoever started them.
  case othersAbsent(message: String)
  /// A graph that cannot be trained, or a parameter it has not.
  case untrainable(message: String)

  /// A clone builds its shim; an installed program is given one.
  private static var remedy: String {
    guard let prefix = ProjectFolders.current.prefix else { return "run: make torch" }
    return "run make torch in a clone of the project, and copy its .runtime/torch/libpipeline_torch.so to "
      + "\(prefix)/lib/pipeline-run/torch/"
  }

  /// What happened, and what to do.
  public var description: String {
    switch self {
    case .runtimeMissing(let tried):
      "libtorch is not installed, or not built in; \(Self.remedy) (tried: \(tried.joined(separator: "; ")))"
    case .deviceAbsent(let message): message
    case .precisionUnsupported(let precision, let device):
      "libtorch does not multiply in \(precision) on \(device)"
    case .trainingUnsupported(let precision, let device):
      "libtorch finds no gradients in \(precision) on \(device); train in \(precision == .f16 ? "bf16 or f32" : "f32")"
    case .cacheUnsupported: "libtorch keeps no compiled models; leave out the cache folder"
    case .callFailed(let message): "libtorch failed: \(message)"
    case .othersAbsent(let message): message
    case .untrainable(let message): message
    }
  }
}

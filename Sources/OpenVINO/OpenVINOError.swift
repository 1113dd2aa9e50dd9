import Tensors

/// What can go wrong between a graph and its results.
public enum OpenVINOError: Error, Sendable, Hashable, CustomStringConvertible {
  /// No usable runtime was found. For whoever installs: what was tried, and the command that mends it.
  case runtimeMissing(tried: [String])
  /// A library was loaded that this package cannot work with.
  case runtimeUnsupported(path: String, reason: String)
  /// A call failed; the message is the library's own.
  case callFailed(call: String, status: Int32, message: String)

  /// An installed program brings its runtime; a clone has a script that fetches one.
  private static var remedy: String {
    ProjectFolders.current.prefix == nil ? "run Scripts/install-openvino.sh" : "install the program again"
  }

  /// What happened, and what to do.
  public var description: String {
    switch self {
    case .runtimeMissing(let tried):
      """
      the OpenVINO runtime is not installed; \(Self.remedy), or set PIPELINE_OPENVINO to the \
      folder of libopenvino_c (tried: \(tried.joined(separator: "; ")))
      """
    case .runtimeUnsupported(let path, let reason): "\(path): \(reason)"
    case .callFailed(let call, let status, let message): "OpenVINO's \(call) failed (\(status)): \(message)"
    }
  }
}

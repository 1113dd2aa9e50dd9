/// What can go wrong with a picture, in words for the person who named it.
public enum ImagingError: Error, Sendable, Hashable {
  /// libvips itself would not start.
  case startFailed(String)

  /// No libvips operation has this name.
  case unknownOperation(String, nearest: String?)
  /// The operation has no such input.
  case unknownArgument(operation: String, argument: String, nearest: String?)
  /// The value's type is not the argument's.
  case wrongType(operation: String, argument: String, expected: String, given: String)
  /// The value lies outside what the argument takes.
  case outOfRange(operation: String, argument: String, expected: String, given: String)
  /// Required inputs were not given.
  case missingArguments(operation: String, arguments: [String])
  /// The operation may not run here; the reason says what would allow it.
  case blockedOperation(String, reason: String)
  /// libvips ran the operation and refused; its own words.
  case operationFailed(String, message: String)

  /// The file cannot be opened.
  case unreadable(path: String, reason: String)
  /// The path names a folder.
  case isDirectory(path: String)
  /// The file has no bytes.
  case emptyFile(path: String)
  /// No loader knows the content.
  case notAPicture(path: String)
  /// The picture ends before its header says it should.
  case truncated(path: String, detail: String)
  /// The picture contradicts itself.
  case corrupt(path: String, detail: String)
  /// The header announces more pixels than allowed.
  case tooLarge(path: String, width: Int, height: Int, limit: Int)
  /// Only a loader that libvips marks as untrusted reads this content.
  case blockedLoader(path: String, loader: String)

  /// The file name's extension names no format that can be written.
  case unknownFormat(path: String)
  /// The format has no such option.
  case unsupportedOption(format: String, option: String, valid: [String])
  /// The format cannot hold samples of this depth.
  case unsupportedDepth(format: String, depth: String, valid: [String])
  /// The file could not be written; nothing was left behind.
  case unwritable(path: String, reason: String)

  /// An `Image` method was given values it cannot work with.
  case invalid(String)
}

extension ImagingError {
  /// What is wrong with a damaged picture, without its name: `cut short: …`, `damaged: …`; nil for other errors.
  public var damage: String? {
    switch self {
    case .truncated(_, let detail): "cut short: \(detail)"
    case .corrupt(_, let detail): "damaged: \(detail)"
    default: nil
    }
  }
}

extension ImagingError: CustomStringConvertible {
  /// One sentence.
  public var description: String {
    switch self {
    case .startFailed(let message):
      "libvips did not start: \(message)"
    case .unknownOperation(let name, let nearest):
      "libvips has no operation '\(name)'" + suggestion(nearest)
    case .unknownArgument(let operation, let argument, let nearest):
      "\(operation) has no argument '\(argument)'" + suggestion(nearest)
    case .wrongType(let operation, let argument, let expected, let given):
      "\(operation): '\(argument)' takes \(expected), not \(given)"
    case .outOfRange(let operation, let argument, let expected, let given):
      "\(operation): '\(argument)' takes \(expected), not \(given)"
    case .missingArguments(let operation, let arguments):
      "\(operation) also needs \(arguments.map { "'\($0)'" }.joined(separator: ", "))"
    case .blockedOperation(let name, let reason):
      "\(name) is not allowed here: \(reason)"
    case .operationFailed(let name, let message):
      "\(name) failed: \(message)"
    case .unreadable, .isDirectory, .emptyFile, .notAPicture, .truncated, .corrupt, .tooLarge, .blockedLoader:
      readingDescription
    case .unknownFormat(let path):
      "\(path): the extension names no picture format that can be written"
    case .unsupportedOption(let format, let option, let valid):
      "\(format) has no option '\(option)'; it has \(valid.joined(separator: ", "))"
    case .unsupportedDepth(let format, let depth, let valid):
      "\(format) cannot hold \(depth) samples; convert to \(valid.joined(separator: " or ")) first"
    case .unwritable(let path, let reason):
      "\(path) could not be written: \(reason)"
    case .invalid(let message):
      message
    }
  }

  private var readingDescription: String {
    switch self {
    case .unreadable(let path, let reason): "\(path) cannot be read: \(reason)"
    case .isDirectory(let path): "\(path) is a folder, not a picture"
    case .emptyFile(let path): "\(path) is empty"
    case .notAPicture(let path): "\(path) is not a picture in any format known here"
    case .truncated(let path, let detail): "\(path) is cut short: \(detail)"
    case .corrupt(let path, let detail): "\(path) is damaged: \(detail)"
    case .tooLarge(let path, let width, let height, let limit):
      "\(path) has \(width)×\(height) pixels; the limit is \(limit) pixels"
    case .blockedLoader(let path, let loader):
      "\(path) needs \(loader), which libvips does not trust with pictures from strangers"
    default: ""
    }
  }

  private func suggestion(_ nearest: String?) -> String {
    nearest.map { "; did you mean '\($0)'?" } ?? ""
  }
}

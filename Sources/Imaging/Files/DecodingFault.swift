extension ImagingError {
  /// What a loader's message means for the file being decoded; nil when it is not about decoding.
  init?(decoding path: String, message: String) {
    let text = message.lowercased()
    let loaders = ["jpeg", "png", "spng", "webp", "tiff", "gif", "heif", "jxl", "vips2", "source", "vips__"]
    guard loaders.contains(where: { text.contains($0) }) else { return nil }
    self = ImagingError.undecodable(path, message: message)
  }

  /// A loader's failure, said of the file it was to read.
  func located(at path: String, loader: String) -> ImagingError {
    switch self {
    case .blockedOperation: .blockedLoader(path: path, loader: loader)
    case .operationFailed(_, let message): .undecodable(path, message: message)
    default: self
    }
  }

  /// A failure to decode a file, understood from its loader's words.
  static func undecodable(_ path: String, message: String) -> ImagingError {
    let text = message.lowercased()
    guard !text.contains("samples out of range") else {
      return .unreadable(path: path, reason: "its samples have more bits than libvips reads (32 in a TIFF)")
    }
    let cut = ["premature", "truncated", "end of file", "unexpected eof", "end of stream", "too short"]
    return cut.contains { text.contains($0) }
      ? .truncated(path: path, detail: message) : .corrupt(path: path, detail: message)
  }
}

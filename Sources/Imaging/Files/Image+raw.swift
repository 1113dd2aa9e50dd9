extension Image {
  /// Opens a file in libvips' own format, which this program wrote itself: pixels are mapped from the file, not read.
  /// Unlike `load`, which refuses the format because a stranger's file could be crafted.
  /// - Throws: `ImagingError.truncated`, `ImagingError.corrupt` or `ImagingError.unreadable`.
  public static func openRaw(_ path: String) throws(ImagingError) -> Image {
    try checkIsReadableFile(path)
    let opened: Image
    do {
      opened = try open("vipsload", ["filename": .string(path)], permissions: [.files, .untrusted])
    } catch {
      throw error.located(at: path, loader: "vipsload")
    }
    return Image(retaining: opened.pointer, sources: [path])
  }
}

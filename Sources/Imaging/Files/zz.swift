extension SaveOptions {
  /// Checks that the format has every option that is set.
  /// - Throws: `ImagingError.unsupportedOption`.
  public func check(for format: ImageFormat) throws(ImagingError) { _ = try arguments(for: format) }
}

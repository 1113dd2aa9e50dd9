import CVips

/// A picture: immutable and lazy. A method that gives another picture only notes what to do; pixels are computed
/// when something needs them (writing, encoding, statistics, reading pixels), in strips and on several threads.
///
/// Sendable: libvips counts references atomically, and nothing here changes a picture once it is made.
public final class Image: @unchecked Sendable {
  /// The libvips object, owned.
  let pointer: UnsafeMutablePointer<VipsImage>
  /// The files its pixels are still to be decoded from, so that a fault found late can name its file.
  let sources: Set<String>

  /// Takes over one reference.
  init(owning pointer: UnsafeMutablePointer<VipsImage>, sources: Set<String> = []) {
    self.pointer = pointer
    self.sources = sources
  }

  /// Adds a reference of its own.
  convenience init(retaining pointer: UnsafeMutablePointer<VipsImage>, sources: Set<String> = []) {
    g_object_ref(pointer)
    self.init(owning: pointer, sources: sources)
  }

  deinit { g_object_unref(pointer) }

  /// Columns.
  public var width: Int { Int(pointer.pointee.Xsize) }
  /// Rows.
  public var height: Int { Int(pointer.pointee.Ysize) }
  /// Values a pixel, alpha included.
  public var bands: Int { Int(pointer.pointee.Bands) }
  /// What a value is stored as.
  public var format: SampleFormat { SampleFormat(pointer.pointee.BandFmt) }
  /// What the bands mean.
  public var interpretation: Interpretation { Interpretation(pointer.pointee.Type) }
  /// Whether the last band is opacity, going by the interpretation and the number of bands.
  public var hasAlpha: Bool {
    switch interpretation {
    case .grey, .grey16: bands == 2
    case .sRGB, .rgb16, .lab, .scRGB: bands == 4
    case .cmyk: bands == 5
    default: false
    }
  }
  /// Bands that are not opacity.
  public var colourBands: Int { hasAlpha ? bands - 1 : bands }
  /// Bytes of its pixels in memory.
  public var byteCount: Int { width * height * bands * format.byteCount }
  /// Where what made the picture says it belongs, in pixels from an origin of its own: a text's ink from the top left
  /// of its line, a crop from where it was cut (negative). It does not move the picture.
  public var offset: (x: Int, y: Int) { (Int(pointer.pointee.Xoffset), Int(pointer.pointee.Yoffset)) }
  /// Width and height: `640×480`.
  public var sizeDescription: String { "\(width)×\(height)" }

  /// The libvips object, for calls that nothing here offers. It lives as long as the closure runs.
  public func withUnsafeVipsImage<Result>(_ body: (OpaquePointer) throws -> Result) rethrows -> Result {
    try withExtendedLifetime(self) { try body(OpaquePointer(pointer)) }
  }

  /// The same pixels under a header of their own.
  func shallowCopy() throws -> Image {
    let operation = try Operation("copy", permissions: [])
    let declared = operation.arguments()
    for argument in declared where argument.name == "in" { try operation.set(argument, to: .image(self)) }
    guard let copy = try operation.built(cached: false).results(of: declared)["out"]?.image else {
      throw ImagingError.operationFailed("copy", message: "it gave no picture")
    }
    return Image(retaining: copy.pointer, sources: sources)
  }
}

extension Image: CustomStringConvertible {
  /// Size, bands, format and meaning: `640×480, 3 × uint8, srgb`.
  public var description: String { "\(sizeDescription), \(bands) × \(format), \(interpretation)" }
}

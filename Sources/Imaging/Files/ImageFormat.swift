import Foundation

/// A file format that pictures can be written in.
public enum ImageFormat: String, Sendable, Hashable, CaseIterable, Codable {
  /// Portable Network Graphics: 8 or 16 bit, lossless, alpha, texts.
  case png
  /// JPEG: 8 bit, no alpha.
  case jpeg
  /// WebP: 8 bit, alpha.
  case webp
  /// TIFF: every depth.
  case tiff
  /// AVIF: 8 bit here, alpha.
  case avif
  /// GIF: 8 bit, 256 colours.
  case gif
  /// PNM: 8 or 16 bit, no alpha.
  case ppm
  /// libvips' own: every format and all metadata, uncompressed, mapped into memory when read.
  case vips

  /// The format a file name's extension asks for.
  /// - Throws: `ImagingError.unknownFormat`.
  public init(path: String) throws(ImagingError) {
    let end = (path as NSString).pathExtension.lowercased()
    guard let format = Self.allCases.first(where: { $0.extensions.contains(end) }) else {
      throw .unknownFormat(path: path)
    }
    self = format
  }

  /// File name extensions, the usual one first.
  public var extensions: [String] {
    switch self {
    case .png: ["png"]
    case .jpeg: ["jpg", "jpeg", "jpe", "jfif"]
    case .webp: ["webp"]
    case .tiff: ["tif", "tiff"]
    case .avif: ["avif"]
    case .gif: ["gif"]
    case .ppm: ["ppm", "pgm", "pnm"]
    case .vips: ["v", "vips"]
    }
  }

  /// libvips' saver for files of this format.
  public var saver: String {
    switch self {
    case .png: "pngsave"
    case .jpeg: "jpegsave"
    case .webp: "webpsave"
    case .tiff: "tiffsave"
    case .avif: "heifsave"
    case .gif: "gifsave"
    case .ppm: "ppmsave"
    case .vips: "vipssave"
    }
  }

  /// The sample formats it holds.
  public var depths: [SampleFormat] {
    switch self {
    case .png, .ppm: [.uint8, .uint16]
    case .jpeg, .webp, .avif, .gif: [.uint8]
    case .tiff, .vips: SampleFormat.allCases
    }
  }

  /// Whether it can hold opacity.
  public var holdsAlpha: Bool { self != .jpeg && self != .ppm }

  /// Checks that it can hold such samples, and opacity where there is some.
  /// - Throws: `ImagingError.unsupportedDepth`, `ImagingError.invalid`.
  public func check(depth: SampleFormat, hasAlpha: Bool) throws(ImagingError) {
    guard depths.contains(depth) else {
      let valid = depths.map(\.rawValue)
      throw .unsupportedDepth(format: rawValue, depth: depth.rawValue, valid: valid)
    }
    guard holdsAlpha || !hasAlpha else {
      throw .invalid("\(rawValue) cannot hold opacity; flatten the picture over a background first")
    }
  }

  /// What the saver needs to write just this format.
  var fixedArguments: [String: VipsValue] { self == .avif ? ["compression": "av1"] : [:] }
}

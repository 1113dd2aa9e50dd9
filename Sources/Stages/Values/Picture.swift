public import Foundation
public import Imaging
public import PipelineKit

/// The value at an `image` port: a picture with its colour space, depth and alpha.
public struct Picture: PortValue {
  /// The pixels, lazy.
  public let image: Image

  /// A picture.
  public init(_ image: Image) { self.image = image }

  /// The type of port it flows through.
  public static let portType: PortType = "image"
  /// The exchange form's file extension.
  public static let exchangeExtension = "png"

  /// What a plan says of it.
  public var shape: ValueShape { .picture(image) }

  /// The same picture with its pixels in memory.
  public func settled(monitor: Monitor) throws -> Picture { Picture(try image.settled(monitor)) }

  /// Writes the store form.
  public func write(to folder: URL, monitor: Monitor) throws { try image.store(in: folder, monitor) }
  /// Reads the store form.
  public static func read(from folder: URL) throws -> Picture { Picture(try Image.stored(in: folder)) }

  /// Writes the exchange form.
  public func export(to file: URL, monitor: Monitor) throws { try image.exportPNG(to: file, monitor) }
  /// Reads the exchange form.
  public static func imported(from file: URL) throws -> Picture { Picture(try Image.importedPNG(from: file)) }
}

extension ValueShape {
  /// What is known of a picture: `width`, `height`, `bands` and `bits` are its sizes.
  static func picture(_ image: Image) -> ValueShape {
    picture(
      width: image.width, height: image.height, bands: image.bands, bits: image.format.byteCount * 8,
      space: image.interpretation.nick + (image.hasAlpha ? " with alpha" : ""),
      alpha: image.hasAlpha, format: image.format)
  }

  /// What is known of a picture of that size, and of its opacity and number format where they are known.
  static func picture(
    width: Int, height: Int, bands: Int, bits: Int, space: String, alpha: Bool? = nil,
    format: SampleFormat? = nil
  ) -> ValueShape {
    var sizes = ["width": width, "height": height, "bands": bands, "bits": bits]
    sizes["alpha"] = alpha.map { $0 ? 1 : 0 }
    sizes["format"] = format.flatMap { SampleFormat.allCases.firstIndex(of: $0) }
    return ValueShape(
      summary: "\(width)×\(height) \(space), \(bits) bit", bytes: width * height * bands * bits / 8,
      sizes: sizes)
  }

  /// The most that a file of so many bytes of values takes: with what stands before each line, what formats put around
  /// values that get no smaller, metadata, and how it was made.
  static func mostBytes(ofFileWith bytes: Int, provenance: String?) -> Int {
    bytes + bytes / 64 + 8192 + (provenance?.utf8.count ?? 0)
  }

  /// The number format of a picture's values; nil where it is not known.
  var sampleFormat: SampleFormat? { sizes["format"].map { SampleFormat.allCases[$0] } }
  /// Whether a picture has opacity; nil where it is not known.
  var hasAlpha: Bool? { sizes["alpha"].map { $0 == 1 } }
}

/// The store form of pixels is libvips' own uncompressed format, which is mapped rather than read.
extension Image {
  func settled(_ monitor: Monitor) throws -> Image { try evaluate(monitor) { try inMemory(monitor: $0) } }

  func store(in folder: URL, _ monitor: Monitor) throws {
    try evaluate(monitor) {
      try write(to: folder.appending(path: "pixels.v").path(percentEncoded: false), monitor: $0)
    }
  }

  static func stored(in folder: URL) throws -> Image {
    try Image.openRaw(folder.appending(path: "pixels.v").path(percentEncoded: false))
  }

  func exportPNG(to file: URL, _ monitor: Monitor) throws {
    try evaluate(monitor) { try write(to: file.path(percentEncoded: false), monitor: $0) }
  }

  static func importedPNG(from file: URL) throws -> Image {
    try Image.load(from: file.path(percentEncoded: false))
  }
}

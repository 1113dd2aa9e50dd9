public import Foundation
public import Imaging
public import PipelineKit

/// The value at a `mask` port: one band of 8 bits, 255 where the picture may be changed, 0 where it may not, and
/// anything between on a soft edge.
public struct Mask: PortValue {
  /// The pixels, lazy: one band, `uint8`.
  public let image: Image

  /// A mask from one band of 8 bits.
  ///
  /// Throws ``InternalFault`` for any other picture.
  public init(_ image: Image) throws {
    guard image.bands == 1, image.format == .uint8 else {
      throw InternalFault("a mask is one band of 8 bits, not \(image)")
    }
    self.image = image
  }

  /// The type of port it flows through.
  public static let portType: PortType = "mask"
  /// The exchange form's file extension.
  public static let exchangeExtension = "png"

  /// What a plan says of it.
  public var shape: ValueShape { .mask(width: image.width, height: image.height) }

  /// The same mask with its values in memory.
  public func settled(monitor: Monitor) throws -> Mask { try Mask(image.settled(monitor)) }

  /// Writes the store form.
  public func write(to folder: URL, monitor: Monitor) throws { try image.store(in: folder, monitor) }
  /// Reads the store form.
  public static func read(from folder: URL) throws -> Mask { try Mask(Image.stored(in: folder)) }

  /// Writes the exchange form.
  public func export(to file: URL, monitor: Monitor) throws { try image.exportPNG(to: file, monitor) }
  /// Reads the exchange form.
  public static func imported(from file: URL) throws -> Mask {
    let image = try Image.importedPNG(from: file)
    guard image.bands == 1, image.format == .uint8 else {
      throw StageFailure(
        "'\(file.lastPathComponent)' is no mask: \(image)", advice: "write one grey band of 8 bits")
    }
    return try Mask(image)
  }
}

extension ValueShape {
  /// What is known of a mask of that size.
  static func mask(width: Int, height: Int) -> ValueShape {
    ValueShape(
      summary: "\(width)×\(height) mask", bytes: width * height,
      sizes: ["width": width, "height": height, "bands": 1, "bits": 8])
  }
}

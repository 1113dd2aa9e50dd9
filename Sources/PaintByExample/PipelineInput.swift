public import Foundation
import Foundations
public import Imaging
public import PipelineKit

/// The name of one of a document's inputs.
public struct InputName: Sendable, Hashable, ExpressibleByStringLiteral {
  /// The name.
  public let name: String

  /// The name as the document declares it.
  public init(_ name: String) { self.name = name }
  /// The name as the document declares it.
  public init(stringLiteral name: String) { self.init(name) }

  /// The picture that is painted into.
  public static let scene: InputName = "scene"
  /// Where it may change.
  public static let mask: InputName = "mask"
  /// The picture of the object that is painted in.
  public static let exemplar: InputName = "exemplar"
}

/// What an input of a document is given. Whatever it is, it is read as if it were a file: pictures become upright and
/// sRGB, masks are read with white as what may be changed, and equal content is known again by the store.
public enum PipelineInput: Sendable {
  /// A file, by its path; relative ones start from the working folder.
  case file(String)
  /// An encoded picture: the bytes of a PNG, a JPEG, a WebP.
  case encoded(Data)
  /// A picture in memory.
  case image(Image)
  /// A value of another type: what an earlier run has returned.
  case value(any PortValue)

  /// The file that holds it; nil for one that is a file already.
  ///
  /// - Parameter folder: where to make it.
  func file(named name: String, in folder: URL) throws -> URL? {
    let file = { (ending: String) in folder.appending(path: ending.isEmpty ? name : "\(name).\(ending)") }
    switch self {
    case .file: return nil
    case .encoded(let data):
      let url = file("")
      try data.write(to: url)
      return url
    case .image(let image): return try Self.write(image, to: file)
    case .value(let value):
      if let picture = value as? Picture { return try Self.write(picture.image, to: file) }
      if let mask = value as? Mask { return try Self.write(mask.image, to: file) }
      let url = file(type(of: value).exchangeExtension)
      try value.export(to: url, monitor: Monitor())
      return url
    }
  }

  /// Every value as it is, and fast: whoever reads it is this process.
  private static func write(_ image: Image, to file: (String) -> URL) throws -> URL {
    let isPNG = [.uint8, .uint16].contains(image.format) && image.bands <= 4
    let url = file(isPNG ? "png" : "tif")
    try image.write(
      to: url.path(percentEncoded: false), options: isPNG ? SaveOptions(compression: 0) : SaveOptions())
    return url
  }
}

import Foundation
import Imaging
import PipelineKit

/// The pictures in a page, each once however many results show it.
struct PicturePool {
  /// All of them as data URIs.
  private(set) var all: [String] = []

  private let side: Int
  private var thumbnails: [String: Thumbnail?] = [:]
  private var others: [String: Int?] = [:]
  private var places: [String: URL?] = [:]
  /// What may still go into the page for pictures that results were made of.
  private var budget = 32_000_000

  /// A small picture, and the size of what it shows.
  struct Thumbnail {
    var index: Int
    var width: Int
    var height: Int

    var json: [String: JSONValue] {
      ["thumbnail": JSONValue(index), "width": JSONValue(width), "height": JSONValue(height)]
    }
  }

  /// - Parameter thumbnail: the longest side of a thumbnail in pixels.
  init(thumbnail: Int) { side = thumbnail }

  /// A small picture of a file; nil when it cannot be read.
  mutating func thumbnail(of file: URL, digest: String) -> Thumbnail? {
    if let known = thumbnails[digest] { return known }
    let made = Self.reduced(file, to: side, quality: 80).map { picture in
      Thumbnail(index: add(picture.bytes, "image/jpeg"), width: picture.width, height: picture.height)
    }
    thumbnails[digest] = .some(made)
    return made
  }

  /// A file as it is.
  mutating func whole(_ file: URL, _ format: ImageFormat, digest: String) -> Int? {
    guard let type = format.browserType else { return nil }
    return other("whole " + digest) { pool in
      (try? Data(contentsOf: file)).map { pool.add([UInt8]($0), type) }
    }
  }

  /// A picture large enough to compare with; nil when the page holds many already.
  mutating func large(_ file: URL, digest: String) -> Int? {
    other("large " + digest) { pool in
      guard let picture = Self.reduced(file, to: 1600, quality: 90), picture.bytes.count <= pool.budget else {
        return nil
      }
      pool.budget -= picture.bytes.count
      return pool.add(picture.bytes, "image/jpeg")
    }
  }

  /// Where a file of that content lies; looked for once.
  mutating func place(_ digest: String, _ find: () -> FileSearch.Finding) -> URL? {
    if let known = places[digest] { return known }
    let found: URL? = if case .same(let url) = find() { url } else { nil }
    places[digest] = .some(found)
    return found
  }

  private mutating func other(_ key: String, _ make: (inout PicturePool) -> Int?) -> Int? {
    if let known = others[key] { return known }
    let made = make(&self)
    others[key] = .some(made)
    return made
  }

  private mutating func add(_ bytes: [UInt8], _ type: String) -> Int {
    all.append("data:\(type);base64,\(Data(bytes).base64EncodedString())")
    return all.count - 1
  }

  /// A JPEG of no longer side than that, and the size of the picture itself in pixels.
  private static func reduced(_ file: URL, to side: Int, quality: Int) -> (
    bytes: [UInt8], width: Int, height: Int
  )? {
    do {
      let picture = try Image.load(from: file.path(percentEncoded: false)).autorotated()
      let (width, height) = (picture.width, picture.height)
      let scale = min(1, Double(side) / Double(max(width, height)))
      let small = try picture.convertedToSRGB().flattened(over: [128, 128, 128]).rescaled(to: .uint8).resized(
        width: max(1, Int((Double(width) * scale).rounded())),
        height: max(1, Int((Double(height) * scale).rounded())), kernel: .cubic)
      return (
        try small.encoded(as: .jpeg, options: SaveOptions(quality: quality, stripsMetadata: true)), width,
        height
      )
    } catch {
      return nil
    }
  }
}

extension ImageFormat {
  /// What browsers call the format; nil for what they do not show.
  fileprivate var browserType: String? {
    switch self {
    case .png: "image/png"
    case .jpeg: "image/jpeg"
    case .webp: "image/webp"
    case .avif: "image/avif"
    default: nil
    }
  }
}

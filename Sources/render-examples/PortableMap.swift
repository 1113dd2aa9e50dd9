import Foundation

/// Netpbm's plainest files: a short header, then the bytes.
enum PortableMap {
  static func writeColour(_ bytes: [UInt8], size: PictureSize, to url: URL) throws {
    try write("P6", bytes, size, url)
  }

  static func writeGrey(_ bytes: [UInt8], size: PictureSize, to url: URL) throws {
    try write("P5", bytes, size, url)
  }

  private static func write(_ kind: String, _ bytes: [UInt8], _ size: PictureSize, _ url: URL) throws {
    var data = Data("\(kind)\n\(size.width) \(size.height)\n255\n".utf8)
    data.append(contentsOf: bytes)
    try data.write(to: url, options: .atomic)
  }
}

import CVips
import Foundation

/// An encoded picture, in a file or in memory.
enum EncodedPicture {
  case file(String)
  /// `name` stands for the bytes in messages.
  case bytes([UInt8], name: String)

  var name: String {
    switch self {
    case .file(let path): path
    case .bytes(_, let name): name
    }
  }

  /// The loader's argument that names it.
  var argument: [String: VipsValue] {
    switch self {
    case .file(let path): ["filename": .string(path)]
    case .bytes(let bytes, _): ["buffer": .bytes(bytes)]
    }
  }

  /// Its first bytes, of which there may be fewer.
  /// - Throws: `ImagingError` for what is no file that can be read, or an empty one.
  func firstBytes(_ count: Int) throws -> [UInt8] {
    switch self {
    case .bytes(let bytes, let name):
      guard !bytes.isEmpty else { throw ImagingError.emptyFile(path: name) }
      return Array(bytes.prefix(count))
    case .file(let path):
      try Image.checkIsReadableFile(path)
      do {
        return try ByteStream(path: path).next(count)
      } catch let fault as PNGFault {
        throw fault.located(at: path)
      }
    }
  }

  /// What reads it, recognized by its content.
  /// - Throws: `ImagingError.notAPicture`; for compressed drawings, what `checkDrawing` finds.
  func loader(allowUntrusted: Bool) throws -> OperationClass {
    if try firstBytes(2) == GzipFile.signature { try checkDrawing(allowUntrusted: allowUntrusted) }
    guard let name = loaderName else {
      vips_error_clear()
      throw ImagingError.notAPicture(path: self.name)
    }
    return OperationClass(type: g_type_from_name(name))
  }

  private var loaderName: String? {
    switch self {
    case .bytes(let bytes, _):
      return vips_foreign_find_load_buffer(bytes, bytes.count).map { String(cString: $0) }
    case .file(let path) where path.hasSuffix("]"):
      // libvips would take what stands in the brackets for options; a source has none.
      guard let source = vips_source_new_from_file(path) else { return nil }
      defer { g_object_unref(source) }
      guard let found = vips_foreign_find_load_source(source).map({ String(cString: $0) }) else { return nil }
      let kind = OperationClass(type: g_type_from_name(found))
      let type = vips_type_find("VipsOperation", kind.nickname.replacing("_source", with: ""))
      return g_type_name(type).map { String(cString: $0) }
    case .file(let path):
      return vips_foreign_find_load(path).map { String(cString: $0) }
    }
  }

  /// A compressed SVG is the only gzip file that libvips reads. It looks into it to tell, though its loader may be
  /// blocked, and never comes back when bytes follow the compressed ones, so this is looked at first.
  private func checkDrawing(allowUntrusted: Bool) throws {
    guard allowUntrusted else { throw ImagingError.blockedLoader(path: name, loader: "svgload") }
    do {
      switch self {
      case .file(let path): try GzipFile.check(ByteStream(path: path))
      case .bytes(let bytes, _): try GzipFile.check(ByteStream(bytes: bytes))
      }
    } catch let fault as GzipFile.Fault {
      throw ImagingError.unreadable(path: name, reason: fault.reason)
    }
  }
}

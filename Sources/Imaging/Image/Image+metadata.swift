import CVips

extension Image {
  /// The names of all metadata the picture carries, as libvips names them: `icc-profile-data`, `exif-ifd0-Model`.
  public var metadataNames: [String] {
    guard let fields = vips_image_get_fields(pointer) else { return [] }
    defer { g_strfreev(fields) }
    var names: [String] = []
    var index = 0
    while let field = fields[index] {
      names.append(String(cString: field))
      index += 1
    }
    return names
  }

  /// A metadata value; nil when it is absent or of a type calls from here cannot carry.
  public func metadata(_ name: String) -> VipsValue? {
    guard vips_image_get_typeof(pointer, name) != 0 else { return nil }
    var value = GValue()
    guard vips_image_get(pointer, name, &value) == 0 else {
      vips_error_clear()
      return nil
    }
    defer { g_value_unset(&value) }
    return value.vipsValue
  }

  /// The same picture with a metadata value set, or removed with nil.
  /// - Throws: `ImagingError.invalid` for values that metadata cannot hold: only text, numbers, lists and bytes.
  public func settingMetadata(_ name: String, to value: VipsValue?) throws -> Image {
    let copy = try shallowCopy()
    switch value {
    case nil: vips_image_remove(copy.pointer, name)
    case .string(let text): vips_image_set_string(copy.pointer, name, text)
    case .int(let number):
      guard let number = Int32(exactly: number) else {
        throw ImagingError.invalid("metadata '\(name)' cannot hold \(number): it is more than 32 bits")
      }
      vips_image_set_int(copy.pointer, name, number)
    case .double(let number): vips_image_set_double(copy.pointer, name, number)
    case .bytes(let bytes): vips_image_set_blob_copy(copy.pointer, name, bytes, bytes.count)
    case .doubles(let numbers): vips_image_set_array_double(copy.pointer, name, numbers, Int32(numbers.count))
    case .some(let other): throw ImagingError.invalid("metadata '\(name)' cannot hold \(other.kind)")
    }
    return copy
  }

  /// The same picture with none of the metadata that describe how it was made (EXIF, XMP, IPTC, profile, texts).
  public func withoutMetadata() throws -> Image {
    let copy = try shallowCopy()
    let dimensions = ["width", "height", "bands", "format", "coding", "interpretation", "xoffset", "yoffset"]
    for name in metadataNames where !(dimensions + ["xres", "yres"]).contains(name) {
      vips_image_remove(copy.pointer, name)
    }
    return copy
  }

  /// The EXIF orientation, 1 to 8; 1, upright, when there is none.
  public var orientation: Int { Int(vips_image_get_orientation(pointer)) }

  /// The embedded ICC profile's bytes.
  public var profile: [UInt8]? { metadata("icc-profile-data")?.bytes }

  /// The same picture with another ICC profile embedded, or none. Pixels do not change.
  public func withProfile(_ profile: [UInt8]?) throws -> Image {
    try settingMetadata("icc-profile-data", to: profile.map { .bytes($0) })
  }
}

import CVips

/// What a loader leaves in a picture's metadata, put right before anybody shares the picture.
extension Image {
  /// Gives every value bytes that it owns.
  ///
  /// Copies of a picture share its metadata and may outlive it, but a loader can attach bytes that are freed together
  /// with the loaded picture: libvips 8.14 does so with the profile, EXIF and XMP of HEIC and AVIF. Such bytes are known
  /// by having nothing that frees them.
  func ownMetadata() {
    for name in metadataNames where vips_image_get_typeof(pointer, name) == vips_blob_get_type() {
      var value = GValue()
      guard vips_image_get(pointer, name, &value) == 0 else { continue }
      defer { g_value_unset(&value) }
      guard let area = g_value_get_boxed(&value)?.assumingMemoryBound(to: VipsArea.self),
        area.pointee.free_fn == nil, let bytes = area.pointee.data, area.pointee.length > 0,
        let copy = g_malloc(gsize(area.pointee.length))
      else { continue }
      copy.copyMemory(from: bytes, byteCount: area.pointee.length)
      area.pointee.data = copy
      area.pointee.free_fn = { bytes, _ in
        g_free(bytes)
        return 0
      }
    }
  }

  /// Puts a PNG's sound texts, as PNG means their bytes, in place of those that libvips found; others go.
  func setTexts(_ texts: [PNGText]) {
    var texts = texts
    for name in metadataNames where name.hasPrefix("png-comment-") {
      // png-comment-NUMBER-KEYWORD
      let keyword = name.dropFirst("png-comment-".count).drop { $0 != "-" }.dropFirst()
      if let index = texts.firstIndex(where: { $0.keyword == keyword }) {
        vips_image_set_string(pointer, name, texts.remove(at: index).text)
      } else {
        vips_image_remove(pointer, name)
      }
    }
  }
}

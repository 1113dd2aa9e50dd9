import CVips

extension Image {
  /// As many columns or rows as libvips counts (`VIPS_MAX_COORD`).
  public static let largestSide = 10_000_000

  /// A picture of these values: row after row, in a row pixel after pixel, in a pixel band after band.
  /// - Parameter interpretation: by default grey or RGB, by the number of bands.
  /// - Throws: `ImagingError.invalid` when the count is not width × height × bands.
  public convenience init<Sample: PixelSample>(
    pixels: [Sample], width: Int, height: Int, bands: Int, interpretation: Interpretation? = nil
  ) throws {
    try Vips.started.get()
    guard (1...Self.largestSide).contains(width), (1...Self.largestSide).contains(height),
      (1...1024).contains(bands)
    else {
      throw ImagingError.invalid("a picture cannot be \(width)×\(height) with \(bands) bands")
    }
    guard pixels.count == width * height * bands else {
      throw ImagingError.invalid(
        "\(width)×\(height) pixels of \(bands) bands are \(width * height * bands) values, not \(pixels.count)"
      )
    }
    let format = Sample.sampleFormat
    let made = pixels.withUnsafeBytes { bytes in
      vips_image_new_from_memory_copy(
        bytes.baseAddress, bytes.count, Int32(width), Int32(height), Int32(bands), format.vipsFormat)
    }
    guard let made else { throw ImagingError.operationFailed("image", message: Vips.takeErrorText()) }
    let colourBands = bands == 2 || bands == 4 ? bands - 1 : bands
    let meaning = interpretation ?? .encoded(colourBands: colourBands, format: format)
    made.pointee.Type = VipsInterpretation(
      rawValue: vips_enum_from_nick("Imaging", vips_interpretation_get_type(), meaning.nick))
    self.init(owning: made)
  }

  /// Calls `body` with all values in memory, in the order `init(pixels:)` takes them.
  /// - Throws: `ImagingError.invalid` when the format is another; what decoding meets; `CancellationError`.
  public func withPixels<Sample: PixelSample, Result>(
    as type: Sample.Type = Sample.self, monitor: EvaluationMonitor? = nil,
    _ body: (UnsafeBufferPointer<Sample>) throws -> Result
  ) throws -> Result {
    guard format == Sample.sampleFormat else {
      throw ImagingError.invalid("the picture holds \(format) values, not \(Sample.sampleFormat)")
    }
    let computed = try inMemory(monitor: monitor)
    return try withExtendedLifetime(computed) {
      guard let data = vips_image_get_data(computed.pointer) else {
        throw ImagingError.operationFailed("pixels", message: Vips.takeErrorText())
      }
      let count = width * height * bands
      return try body(UnsafeBufferPointer(start: data.assumingMemoryBound(to: Sample.self), count: count))
    }
  }

  /// All values, in the order `init(pixels:)` takes them.
  /// - Throws: as `withPixels`.
  public func pixels<Sample: PixelSample>(
    as type: Sample.Type = Sample.self, monitor: EvaluationMonitor? = nil
  ) throws -> [Sample] {
    try withPixels(as: type, monitor: monitor) { Array($0) }
  }

  /// The bands' values at one pixel.
  /// - Throws: `ImagingError.invalid` outside the picture.
  public func pixel(x: Int, y: Int) throws -> [Double] {
    guard (0..<width).contains(x), (0..<height).contains(y) else {
      throw ImagingError.invalid("there is no pixel at \(x),\(y) in \(sizeDescription)")
    }
    return try Vips.call("getpoint", ["in": .image(self), "x": .int(x), "y": .int(y)])["out_array"]?.doubles
      ?? []
  }

  /// Whether two pictures have the same size, bands, format and pixel values.
  /// - Throws: what decoding meets; `CancellationError`.
  public func hasSamePixels(as other: Image, monitor: EvaluationMonitor? = nil) throws -> Bool {
    guard width == other.width, height == other.height, bands == other.bands, format == other.format else {
      return false
    }
    let same = try Vips.image(
      "relational",
      [
        "left": .image(self), "right": .image(other), "relational": "equal",
      ])
    return try same.statistics(monitor: monitor).overall.minimum == 255
  }

  /// A picture of one colour.
  /// - Parameter colour: a value for each band.
  /// - Throws: `ImagingError.invalid` for an impossible size.
  public static func filled(
    width: Int, height: Int, colour: [Double], format: SampleFormat = .uint8,
    interpretation: Interpretation? = nil
  ) throws -> Image {
    guard !colour.isEmpty else { throw ImagingError.invalid("a colour needs at least one value") }
    let black = try Vips.image(
      "black", ["width": .int(width), "height": .int(height), "bands": .int(colour.count)])
    let colourBands = colour.count == 2 || colour.count == 4 ? colour.count - 1 : colour.count
    return try black.linear(colour.map { _ in 1 }, colour).cast(to: format)
      .tagged(as: interpretation ?? .encoded(colourBands: colourBands, format: format))
  }

  /// This picture's size, interpretation and metadata, filled with one colour in this picture's format.
  /// - Throws: `ImagingError.invalid` unless there is one value, or one for each band.
  public func filled(with colour: [Double]) throws -> Image {
    let blank = try linear([0], [0])
    return try blank.linear([1], colour).cast(to: format).tagged(as: interpretation)
  }
}

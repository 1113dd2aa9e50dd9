/// The part of a picture that is measured: its colours in CIE L*a*b*, and how much each pixel counts.
struct MeasuredRegion {
  let width: Int
  let height: Int
  /// L*, a*, b* of each pixel, row after row.
  private let colours: [Float]
  /// 0…255 each: the mask's value times the opacity.
  let weights: [UInt8]

  /// The box around all that the mask marks; nil where nothing counts.
  /// - Parameters:
  ///   - mask: one band of 8 bits, of the picture's size; nil for the whole picture.
  ///   - side: the box is brought to a square of this side; nil keeps its size.
  init?(of image: Image, within mask: Image?, side: Int? = nil, monitor: EvaluationMonitor?) throws {
    let mask = try mask ?? Image.filled(width: image.width, height: image.height, colour: [255])
    guard (mask.width, mask.height) == (image.width, image.height) else {
      throw ImagingError.invalid(
        "the mask is \(mask.sizeDescription), the picture \(image.sizeDescription)")
    }
    guard let box = try mask.boundsOfNonzero(monitor: monitor) else { return nil }
    var part = try image.cropped(x: box.x, y: box.y, width: box.width, height: box.height)
    var counts = try mask.cropped(x: box.x, y: box.y, width: box.width, height: box.height)
    if let side {
      part = try part.resized(width: side, height: side)
      counts = try counts.resized(width: side, height: side, kernel: .linear)
    }
    if let alpha = try part.alpha() {
      counts = try counts.multiplied(by: alpha.rescaled(to: .uint8)).linear(1 / 255, 0).cast(to: .uint8)
    }
    (width, height) = (part.width, part.height)
    colours = try part.withoutAlpha().converted(to: .lab).cast(to: .float).pixels(monitor: monitor)
    weights = try counts.pixels(monitor: monitor)
    guard weights.contains(where: { $0 > 0 }) else { return nil }
  }

  /// The colour of a pixel.
  func lab(_ pixel: Int) -> SIMD3<Float> {
    SIMD3(colours[3 * pixel], colours[3 * pixel + 1], colours[3 * pixel + 2])
  }
}

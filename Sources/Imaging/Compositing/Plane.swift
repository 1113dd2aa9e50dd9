/// One band of a part of a picture, in numbers that arithmetic can be done with. Row after row.
struct Plane {
  let width: Int
  let height: Int
  var values: [Float]

  init(width: Int, height: Int, values: [Float]) {
    self.width = width
    self.height = height
    self.values = values
  }

  /// The bands of a part of a picture.
  static func planes(of image: Image, in box: PixelBox, monitor: EvaluationMonitor?) throws -> [Plane] {
    let part = try image.cropped(x: box.x, y: box.y, width: box.width, height: box.height).cast(to: .float)
    return try part.withPixels(as: Float.self, monitor: monitor) { values in
      (0..<image.bands).map { band in
        Plane(
          width: box.width, height: box.height,
          values: (0..<box.width * box.height).map { values[$0 * image.bands + band] })
      }
    }
  }

  /// A picture of these bands.
  static func image(of planes: [Plane], interpretation: Interpretation) throws -> Image {
    let (width, height) = (planes[0].width, planes[0].height)
    var values = [Float](repeating: 0, count: width * height * planes.count)
    for (band, plane) in planes.enumerated() {
      for index in 0..<width * height { values[index * planes.count + band] = plane.values[index] }
    }
    return try Image(
      pixels: values, width: width, height: height, bands: planes.count, interpretation: interpretation)
  }

  /// Each value changed together with that of another plane of the same size.
  func combined(with other: Plane, _ change: (Float, Float) -> Float) -> Plane {
    var result = self
    for index in values.indices { result.values[index] = change(values[index], other.values[index]) }
    return result
  }
}

import Foundation

extension Image {
  /// The part of the picture at `x`, `y` of this size, in pixels.
  /// - Throws: `ImagingError.invalid` when it reaches outside.
  public func cropped(x: Int, y: Int, width: Int, height: Int) throws -> Image {
    guard x >= 0, y >= 0, width > 0, height > 0, x <= self.width - width, y <= self.height - height else {
      throw ImagingError.invalid("\(width)×\(height) at \(x),\(y) does not lie inside \(sizeDescription)")
    }
    return try Vips.image(
      "extract_area",
      ["input": .image(self), "left": .int(x), "top": .int(y), "width": .int(width), "height": .int(height)])
  }

  /// A canvas of this size with the picture at `x`, `y` (which may be negative).
  /// - Parameter background: values for `Extension.background`, one for each band or one for all.
  public func embedded(
    x: Int, y: Int, width: Int, height: Int, extending: Extension = .black, background: [Double] = []
  ) throws -> Image {
    var arguments: [String: VipsValue] = [
      "in": .image(self), "x": .int(x), "y": .int(y), "width": .int(width), "height": .int(height),
      "extend": .string(extending.rawValue),
    ]
    if !background.isEmpty { arguments["background"] = .doubles(background) }
    return try Vips.image("embed", arguments)
  }

  /// Mirrored left to right, or top to bottom.
  public func flipped(_ axis: FlipAxis) throws -> Image {
    try Vips.image("flip", ["in": .image(self), "direction": .string(axis.rawValue)])
  }

  /// Turned clockwise by a multiple of 90°; no pixel changes.
  public func rotated(quarterTurns: Int) throws -> Image {
    let turns = ((quarterTurns % 4) + 4) % 4
    guard turns != 0 else { return self }
    return try Vips.image("rot", ["in": .image(self), "angle": .string("d\(turns * 90)")])
  }

  /// Turned clockwise by degrees about the middle; the canvas grows to hold the corners.
  /// - Parameter background: the corners' colour, one value for each band or one for all; black by default.
  public func rotated(
    degrees: Double, interpolator: Interpolator = .bicubic, background: [Double] = [0]
  ) throws -> Image {
    if let turns = Int(exactly: degrees / 90) { return try rotated(quarterTurns: turns) }
    let (c, s) = (cos(degrees * .pi / 180), sin(degrees * .pi / 180))
    return try transformed(matrix: [c, -s, s, c], interpolator: interpolator, background: background)
  }

  /// Moved by the matrix `[a, b, c, d]` and offset: `x' = a·x + b·y + dx`, `y' = c·x + d·y + dy`.
  /// - Parameter canvas: the part of the result to keep: left, top, width, height; nil keeps all of it.
  public func transformed(
    matrix: [Double], dx: Double = 0, dy: Double = 0,
    canvas: (x: Int, y: Int, width: Int, height: Int)? = nil,
    interpolator: Interpolator = .bicubic, background: [Double] = [0], extending: Extension = .background
  ) throws -> Image {
    // libvips would multiply by opacity once more unless it is told that this is done.
    var arguments: [String: VipsValue] = [
      "matrix": .doubles(matrix), "odx": .double(dx), "ody": .double(dy),
      "interpolate": .string(interpolator.rawValue), "background": .doubles(premultiplied(background)),
      "extend": .string(extending.rawValue), "premultiplied": .bool(hasAlpha),
    ]
    if let canvas { arguments["oarea"] = .ints([canvas.x, canvas.y, canvas.width, canvas.height]) }
    return try resampled { try Vips.image("affine", arguments.merging(["in": .image($0)]) { $1 }) }
  }

  /// For each pixel of `coordinates` (two bands: x and y in this picture), this picture's value there.
  public func sampled(
    at coordinates: Image, interpolator: Interpolator = .bicubic, extending: Extension = .copy
  ) throws -> Image {
    guard coordinates.bands == 2 else {
      throw ImagingError.invalid("coordinates are pictures of two bands, not \(coordinates.bands)")
    }
    return try resampled {
      try Vips.image(
        "mapim",
        [
          "in": .image($0), "index": .image(coordinates), "interpolate": .string(interpolator.rawValue),
          "extend": .string(extending.rawValue), "premultiplied": .bool(hasAlpha),
        ])
    }
  }

  /// A picture of two bands holding each pixel's own x and y.
  public static func coordinates(width: Int, height: Int) throws -> Image {
    try Vips.image("xyz", ["width": .int(width), "height": .int(height)])
  }

  /// Turned and mirrored as its orientation tag (EXIF) asks; the tag is gone from the result.
  public func autorotated() throws -> Image { try Vips.image("autorot", ["in": .image(self)]) }
}

/// How a value between pixels is found.
public enum Interpolator: String, Sendable, Hashable, CaseIterable, Codable {
  /// The nearest pixel.
  case nearest
  /// Two by two.
  case bilinear
  /// Four by four.
  case bicubic
  /// Edge-keeping, without halos.
  case nohalo
}

/// What lies outside a picture.
public enum Extension: String, Sendable, Hashable, CaseIterable, Codable {
  /// Zeros.
  case black
  /// The nearest edge pixel.
  case copy
  /// The picture again.
  case `repeat`
  /// The picture mirrored.
  case mirror
  /// Full scale.
  case white
  /// A given colour.
  case background
}

/// Which way to mirror.
public enum FlipAxis: String, Sendable, Hashable, CaseIterable, Codable {
  /// Left becomes right.
  case horizontal
  /// Top becomes bottom.
  case vertical
}

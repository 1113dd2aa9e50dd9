import CVips

/// A picture whose rows or columns go through a line filter: computed by libvips as needed, in parts and on several
/// threads.
///
/// Sendable: nothing changes once it is made.
final class LinePass: Sendable {
  private let input: Image
  private let filter: LineFilter
  private let direction: Direction

  /// What the filter's lines are.
  enum Direction { case rows, columns }

  /// - Parameter input: in double precision.
  private init(_ input: Image, _ filter: LineFilter, along direction: Direction) {
    (self.input, self.filter, self.direction) = (input, filter, direction)
  }

  /// The filtered picture, in double precision.
  /// - Parameter input: of any real format; as long in that direction as the filter reads.
  static func image(_ input: Image, _ filter: LineFilter, along direction: Direction) throws -> Image {
    let pass = LinePass(try input.cast(to: .double), filter, along: direction)
    guard let made = vips_image_new() else {
      throw ImagingError.operationFailed("resampling", message: Vips.takeErrorText())
    }
    let result = Image(owning: made, sources: input.sources)
    let source = pass.input.pointer
    var sources = [source, nil]
    guard vips_image_pio_input(source) == 0,
      vips_image_pipeline_array(made, VIPS_DEMAND_STYLE_FATSTRIP, &sources) == 0
    else { throw ImagingError.operationFailed("resampling", message: Vips.takeErrorText()) }
    switch direction {
    case .rows: made.pointee.Xsize = Int32(filter.windows.count)
    case .columns: made.pointee.Ysize = Int32(filter.windows.count)
    }
    (made.pointee.Xoffset, made.pointee.Yoffset) = (0, 0)
    // The picture keeps the pass, and with it what it reads, for as long as it lives itself.
    let kept = Unmanaged.passRetained(pass).toOpaque()
    made.withMemoryRebound(to: GObject.self, capacity: 1) { object in
      g_object_set_data_full(object, "line-pass", kept) { kept in
        if let kept { Unmanaged<LinePass>.fromOpaque(kept).release() }
      }
    }
    let generate: VipsGenerateFn = { output, region, _, pass, _ in
      guard let output, let region, let pass else { return -1 }
      return Unmanaged<LinePass>.fromOpaque(pass).takeUnretainedValue()
        .fill(output, from: region.assumingMemoryBound(to: VipsRegion.self))
    }
    guard vips_image_generate(made, vips_start_one, generate, vips_stop_one, source, kept) == 0 else {
      throw ImagingError.operationFailed("resampling", message: Vips.takeErrorText())
    }
    return result
  }

  /// Computes a part of the result.
  /// - Returns: 0, or −1 when what it reads cannot be computed.
  private func fill(
    _ output: UnsafeMutablePointer<VipsRegion>, from region: UnsafeMutablePointer<VipsRegion>
  ) -> Int32 {
    filter.weights.withUnsafeBufferPointer { weights in
      guard let weights = weights.baseAddress else { return -1 }
      switch direction {
      case .rows: return fillRows(output, from: region, weights)
      case .columns: return fillColumns(output, from: region, weights)
      }
    }
  }

  /// Filters rows, a few at a time: they may be long, and many are asked for when columns shrink afterwards.
  private func fillRows(
    _ output: UnsafeMutablePointer<VipsRegion>, from region: UnsafeMutablePointer<VipsRegion>,
    _ weights: UnsafePointer<Double>
  ) -> Int32 {
    let area = Area(output.pointee.valid)
    let windows = filter.windows[area.columns]
    let places = Self.places(of: windows)
    let bands = input.bands
    let count = max(1, Self.bytesAtOnce / (places.count * bands * MemoryLayout<Double>.size))
    for top in stride(from: area.rows.lowerBound, to: area.rows.upperBound, by: count) {
      let rows = top..<min(top + count, area.rows.upperBound)
      guard Area(columns: places, rows: rows).prepare(region) else { return -1 }
      for y in rows {
        let source = region.samples(places.lowerBound, y)
        var target = output.samples(area.columns.lowerBound, y)
        for window in windows {
          Self.mix(
            source + (window.start - places.lowerBound) * bands, weights + window.range.lowerBound,
            count: window.range.count, bands: bands, into: target)
          target += bands
        }
      }
    }
    return 0
  }

  /// One pixel: the weighted sum of `count` pixels one after another.
  private static func mix(
    _ source: UnsafePointer<Double>, _ weights: UnsafePointer<Double>, count: Int, bands: Int,
    into target: UnsafeMutablePointer<Double>
  ) {
    var band = 0
    while band < bands {
      var (sum, index, place) = (0.0, 0, band)
      while index < count {
        sum += weights[index] * source[place]
        index &+= 1
        place &+= bands
      }
      target[band] = sum
      band &+= 1
    }
  }

  private func fillColumns(
    _ output: UnsafeMutablePointer<VipsRegion>, from region: UnsafeMutablePointer<VipsRegion>,
    _ weights: UnsafePointer<Double>
  ) -> Int32 {
    let area = Area(output.pointee.valid)
    let rows = Self.places(of: filter.windows[area.rows])
    guard Area(columns: area.columns, rows: rows).prepare(region) else { return -1 }
    let count = area.columns.count * input.bands
    for y in area.rows {
      let target = output.samples(area.columns.lowerBound, y)
      target.update(repeating: 0, count: count)
      let window = filter.windows[y]
      for (row, index) in zip(window.places, window.range) {
        Self.add(region.samples(area.columns.lowerBound, row), times: weights[index], count, to: target)
      }
    }
    return 0
  }

  /// `target += source · weight`
  private static func add(
    _ source: UnsafePointer<Double>, times weight: Double, _ count: Int,
    to target: UnsafeMutablePointer<Double>
  ) {
    var index = 0
    while index < count {
      target[index] += weight * source[index]
      index &+= 1
    }
  }

  /// All that these windows read.
  private static func places(of windows: ArraySlice<LineFilter.Window>) -> Range<Int> {
    let start = windows.lazy.map(\.places.lowerBound).min() ?? 0
    return start..<(windows.lazy.map(\.places.upperBound).max() ?? start)
  }

  private static let bytesAtOnce = 4 << 20
}

/// A part of a picture.
private struct Area {
  let columns: Range<Int>
  let rows: Range<Int>

  init(columns: Range<Int>, rows: Range<Int>) { (self.columns, self.rows) = (columns, rows) }

  init(_ rectangle: VipsRect) {
    columns = Int(rectangle.left)..<Int(rectangle.left + rectangle.width)
    rows = Int(rectangle.top)..<Int(rectangle.top + rectangle.height)
  }

  /// Has libvips compute this part of the region's picture.
  func prepare(_ region: UnsafeMutablePointer<VipsRegion>) -> Bool {
    var rectangle = VipsRect(
      left: Int32(columns.lowerBound), top: Int32(rows.lowerBound), width: Int32(columns.count),
      height: Int32(rows.count))
    return vips_region_prepare(region, &rectangle) == 0
  }
}

extension UnsafeMutablePointer<VipsRegion> {
  /// The values from a pixel of the picture on, which lies in the valid part.
  fileprivate func samples(_ x: Int, _ y: Int) -> UnsafeMutablePointer<Double> {
    let valid = pointee.valid
    let pixel = Int(pointee.im.pointee.Bands) * MemoryLayout<Double>.size
    let offset = (y - Int(valid.top)) * Int(pointee.bpl) + (x - Int(valid.left)) * pixel
    return UnsafeMutableRawPointer(pointee.data + offset).assumingMemoryBound(to: Double.self)
  }
}

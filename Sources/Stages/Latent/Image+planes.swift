import Diffusion
import Imaging
import PipelineKit

extension Image {
  /// The colours as networks take them; transparent parts take on those of what is visible around them.
  func planes(_ monitor: Monitor) throws -> PixelPlanes {
    let opaque = try evaluate(monitor) { try visibleColours(monitor: $0) }
    if format == .uint16 || format == .float || format == .double {
      let deep = try opaque.rescaled(to: .uint16).inThreeBands()
      return try deep.planes(as: UInt16.self, monitor)
    }
    return try opaque.converted(to: .sRGB).planes(as: UInt8.self, monitor)
  }

  private func planes<Sample: PixelSample & UnsignedInteger & FixedWidthInteger>(
    as type: Sample.Type, _ monitor: Monitor
  ) throws -> PixelPlanes {
    try evaluate(monitor) { monitor in
      try withPixels(as: type, monitor: monitor) { pixels in
        PixelPlanes(width: width, height: height, interleaved: pixels)
      }
    }
  }

  /// A grey picture of 16 bits as one of three equal bands.
  private func inThreeBands() throws -> Image {
    bands == 3 ? try converted(to: .rgb16) : try .joiningBands([self, self, self]).tagged(as: .rgb16)
  }
}

extension PixelPlanes {
  /// The planes as an sRGB picture of 8 or 16 bits.
  func image(isDeep: Bool, rounding: LevelRounding = .nearest) throws -> Image {
    isDeep
      ? try Image(
        pixels: interleaved(as: UInt16.self, rounding: rounding), width: width, height: height, bands: 3)
      : try Image(
        pixels: interleaved(as: UInt8.self, rounding: rounding), width: width, height: height, bands: 3)
  }
}

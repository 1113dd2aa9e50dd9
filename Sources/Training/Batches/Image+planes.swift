import Diffusion
import Imaging

extension Image {
  /// The colours of a picture of 8 bits as networks take them.
  func planes() throws -> PixelPlanes {
    try withPixels(as: UInt8.self) { PixelPlanes(width: width, height: height, interleaved: $0) }
  }
}

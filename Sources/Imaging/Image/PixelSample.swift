/// A Swift type that pixel values can be read and written as.
public protocol PixelSample: BitwiseCopyable, Sendable {
  /// The picture format whose values have this type.
  static var sampleFormat: SampleFormat { get }
}

extension UInt8: PixelSample {
  /// 8 bits.
  public static var sampleFormat: SampleFormat { .uint8 }
}

extension UInt16: PixelSample {
  /// 16 bits.
  public static var sampleFormat: SampleFormat { .uint16 }
}

extension Float: PixelSample {
  /// Single precision.
  public static var sampleFormat: SampleFormat { .float }
}

extension Double: PixelSample {
  /// Double precision.
  public static var sampleFormat: SampleFormat { .double }
}

import Imaging
import PipelineKit

/// Which part of a picture is taken as a mask.
enum MaskChannel: String, ParameterChoice {
  /// Brightness; opacity where it differs and all that shows is of one colour.
  case auto
  case brightness, alpha

  /// What the choices mean, for help pages.
  static let discussion = """
    Brightness is Rec. 601's luma, as most programs turn colour into grey: 0.299 red + 0.587 green + 0.114 blue, and
    black where the picture is transparent. With `channel` auto a picture is a mask by its opacity where that differs
    and all that shows has one colour, and by its brightness where all is opaque; where both differ, say which it is.
    """

  /// One band in the picture's depth.
  /// - Parameter inversion: how the caller makes a mask of what is transparent, for advice.
  func marks(in image: Image, inversion: String) throws -> Image {
    switch self {
    case .brightness: return try image.flattened(over: [0]).luma()
    case .alpha:
      guard let alpha = try image.alpha() else {
        throw StageFailure(
          "the picture has no opacity to take as a mask", advice: "set \"channel\": \"brightness\"")
      }
      return try alpha.tagged(as: alpha.format == .uint16 ? .grey16 : .grey)
    case .auto:
      guard let alpha = try image.alpha(), try !alpha.isFlat() else {
        return try Self.brightness.marks(in: image, inversion: inversion)
      }
      guard try image.withoutAlpha().isFlat(where: alpha) else {
        throw StageFailure(
          "the picture has colours and opacity, and either could be the mask",
          advice: "set \"channel\": \"alpha\" or \"brightness\"; if what is transparent may be changed, "
            + "alpha with \(inversion)")
      }
      return try Self.alpha.marks(in: image, inversion: inversion)
    }
  }
}

extension Image {
  /// Whether every band has one value all over.
  fileprivate func isFlat() throws -> Bool { try statistics().bands.allSatisfy { $0.minimum == $0.maximum } }

  /// Whether every band has one value wherever `cover` is not 0.
  fileprivate func isFlat(where cover: Image) throws -> Bool {
    let shows = try cover.compared(.notEqual, to: 0)
    let lowest = try shows.choosing(self, else: filled(with: [format.fullScale])).statistics().bands
    let highest = try shows.choosing(self, else: filled(with: [0])).statistics().bands
    return zip(lowest, highest).allSatisfy { $0.minimum >= $1.maximum }
  }

  /// One band as a mask's 8 bits.
  /// - Parameter threshold: values of at least this share of full scale become 255, others, and 0 in every case, 0;
  ///   nil keeps soft edges.
  func mask(threshold: Double?) throws -> Image {
    let soft = try rescaled(to: .uint8).tagged(as: .grey)
    guard let threshold else { return soft }
    // A millionth less: 0.2 · 255 and 1 − 0.8 may come out a rounding above the value that is meant.
    let level = (threshold - 1e-6) * format.fullScale
    let marked = level > 0 ? try thresholded(at: level) : try compared(.greater, to: 0)
    return try marked.tagged(as: .grey)
  }
}

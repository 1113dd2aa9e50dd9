import Imaging
import PipelineKit

/// Resizes a picture.
struct ResizeImage: Stage {
  static let name = "image.resize"
  static let version = 2
  static let summary = "Resizes a picture to a width, a height, both, or by a factor."
  static let discussion = ResizeKernel.discussion
  static let image = Input<Picture>("image", help: "The picture.")
  static let result = Output<Picture>("image", help: "The resized picture.")
  static let inputs: [any StagePort] = [image]
  static let outputs: [any StagePort] = [result]

  struct Parameters: StageParameters {
    @ParameterGroup var size: SizeParameters
    @Parameter(help: "How pixels are weighted.") var kernel = ResizeKernel.lanczos3
  }
  var parameters: Parameters

  func estimate(_ inputs: StageShapes) throws -> Estimate {
    guard let shape = inputs[Self.image], let width = shape.sizes["width"],
      let height = shape.sizes["height"],
      let bands = shape.sizes["bands"], let bits = shape.sizes["bits"]
    else { return Estimate() }
    let size = try parameters.size.size(of: width, height)
    return Estimate([
      (
        Self.result,
        .picture(
          width: size.width, height: size.height, bands: bands, bits: bits, space: "resized",
          alpha: shape.hasAlpha, format: shape.sampleFormat)
      )
    ])
  }

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    let image = try inputs[Self.image].image
    let size = try parameters.size.size(of: image.width, image.height)
    let kernel = parameters.kernel.kernel
    return StageOutputs(
      Self.result, Picture(try image.resized(width: size.width, height: size.height, kernel: kernel)))
  }
}

/// Resizes a mask.
struct ResizeMask: Stage {
  static let name = "mask.resize"
  static let version = 2
  static let summary = "Resizes a mask; nearest keeps hard edges hard."
  static let discussion = ResizeKernel.discussion
  static let mask = Input<Mask>("mask", help: "The mask.")
  static let result = Output<Mask>("mask", help: "The resized mask.")
  static let inputs: [any StagePort] = [mask]
  static let outputs: [any StagePort] = [result]

  struct Parameters: StageParameters {
    @ParameterGroup var size = SizeParameters(fit: .exact)
    @Parameter(help: "How pixels are weighted.") var kernel = ResizeKernel.linear
  }
  var parameters: Parameters

  func estimate(_ inputs: StageShapes) throws -> Estimate {
    guard let sizes = inputs[Self.mask]?.sizes, let width = sizes["width"], let height = sizes["height"]
    else {
      return Estimate()
    }
    let size = try parameters.size.size(of: width, height)
    return Estimate([(Self.result, .mask(width: size.width, height: size.height))])
  }

  func run(_ inputs: StageInputs, _ context: StageContext) async throws -> StageOutputs {
    let mask = try inputs[Self.mask].image
    let size = try parameters.size.size(of: mask.width, mask.height)
    let resized = try mask.resized(width: size.width, height: size.height, kernel: parameters.kernel.kernel)
    return StageOutputs(Self.result, try Mask(resized))
  }
}

/// How a size is met when both sides are given.
enum Fit: String, ParameterChoice {
  case inside, cover, exact
  var fitting: Fitting {
    switch self {
    case .inside: .contain
    case .cover: .cover
    case .exact: .stretch
    }
  }
}

/// How pixels are weighted when a picture is resized.
enum ResizeKernel: String, ParameterChoice {
  case nearest, linear, cubic, mitchell, lanczos2, lanczos3
  var kernel: Kernel { Kernel(rawValue: rawValue)! }

  /// Where samples lie and how they are weighted, for help pages.
  static let discussion = """
    Nothing moves: pixel x of the result samples the old one at (x + 1/2) / s - 1/2, s being the new width over the old,
    and pixels beyond the edge are mirrored. linear takes 2 by 2 pixels, cubic (Catmull-Rom), mitchell and lanczos2
    4 by 4, lanczos3 6 by 6; so many times more when the picture shrinks, so that every pixel counts. nearest takes one.
    """
}

/// The size a picture is brought to.
struct SizeParameters: StageParameters {
  @Parameter(help: "Columns of the result.", 1...1_000_000) var width: Int? = nil
  @Parameter(help: "Rows of the result.", 1...1_000_000) var height: Int? = nil
  @Parameter(help: "Factor, instead of width and height.", 0.0001...1000) var scale: Double? = nil
  @Parameter(help: "With width and height: fit inside them, cover them, or become exactly that size.")
  var fit = Fit.inside

  func conflict() -> ParameterConflict? {
    switch (scale, width ?? height) {
    case (nil, nil): ParameterConflict("width", "no size is given: set width, height, both, or scale")
    case (_?, _?): ParameterConflict("scale", "scale stands for width and height; leave one or the other out")
    default: nil
    }
  }

  /// The size that a picture of that size is brought to.
  ///
  /// - Throws: `ParameterConflict` for one that no picture can have.
  func size(of oldWidth: Int, _ oldHeight: Int) throws -> (width: Int, height: Int) {
    let size = anySize(of: oldWidth, oldHeight)
    for (side, pixels) in [("columns", size.width), ("rows", size.height)] where pixels > Image.largestSide {
      throw ParameterConflict(
        scale != nil ? "scale" : width == nil ? "height" : "width",
        "a picture of \(oldWidth)×\(oldHeight) would have \(pixels) \(side); at most \(Image.largestSide) are possible"
      )
    }
    return size
  }

  private func anySize(of oldWidth: Int, _ oldHeight: Int) -> (width: Int, height: Int) {
    if let width, let height { return fit.fitting.size(of: (oldWidth, oldHeight), in: (width, height)) }
    let (oldWidth, oldHeight) = (Double(oldWidth), Double(oldHeight))
    let factor = width.map { Double($0) / oldWidth } ?? height.map { Double($0) / oldHeight } ?? scale ?? 1
    return (max(1, Int((oldWidth * factor).rounded())), max(1, Int((oldHeight * factor).rounded())))
  }
}

extension SizeParameters {
  /// A size that is met so, unless it is said otherwise.
  init(fit: Fit) {
    self.init()
    self.fit = fit
  }
}
